import isPlainObject = require('lodash/isPlainObject');
import { describeNotArmed, resolveMaxUsers } from '../input/check-permission';
import { describeError, LockUsersError } from '../errors';
import type { ErrorDetails } from '../errors';
import { invalidParameters, parseParameters } from '../input/parameters';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import { orderInvocation } from '../run/schedule-invocation';
import type { Ports } from '../ports';

/** A web request that was let in. */
export interface WebRequest {
  /** The address as the task sees it; only whether it has a query matters. */
  readonly url: string;
  /** The body as text; undefined or empty where there is none. */
  readonly body: string | undefined;
  /** The header `Idempotency-Key`, where there is one. */
  readonly idempotencyKey: string | undefined;
}

/** What a web request is answered with. */
export interface WebAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What accepting a web request needs. */
export interface WebPorts extends Pick<Ports, 'queue' | 'clock' | 'log' | 'newRunId'> {
  /** Reads the deployment's settings. @throws LockUsersError `INVALID_SETTINGS` */
  readonly readSettings: () => Settings;
  /** A UUID that is always the same for the same text. */
  readonly hashToUuid: (text: string) => string;
}

/** Parameters that whoever sends a web request has no say in. */
const OWN_PARAMETERS = ['runId', 'continuation'];

/**
 * Checks a web request as `run` would check its parameters, orders the run on the queue, and answers with its id: 202
 * where it is ordered, 400 where the request is wrong, 409 where the deployment is not armed, 503 where it is not set up.
 *
 * A request with the `Idempotency-Key` and the parameters of an earlier one is about the same run, which is carried out
 * once.
 */
export async function handleWebRequest(request: WebRequest, ports: WebPorts): Promise<WebAnswer> {
  let parameters: Parameters;
  let settings: Settings;
  let runId: string;
  try {
    const given = readBody(request);
    settings = ports.readSettings();
    runId = chooseRunId(request.idempotencyKey, given, ports);
    parameters = parseParameters({ requestedBy: 'web request', ...given, runId });
    resolveMaxUsers(settings, parameters);
  } catch (error) {
    return refuse(error);
  }
  if (!settings.armed && parameters.dryRun === false) return describe(409, describeNotArmed());
  const failure = await orderInvocation(ports, parameters.rawParameters, 0);
  if (failure === undefined) {
    return { status: 202, body: { runId, status: 'queued', dryRun: parameters.dryRun ?? !settings.armed } };
  }
  return describe(503, {
    code: 'QUEUED',
    message: `The run could not be ordered: ${failure}.`,
    nextStep: 'Send the request again, with the same Idempotency-Key if it had one.'
  });
}

function readBody({ url, body }: WebRequest): Readonly<Record<string, unknown>> {
  // Whoever writes "?dryRun=true" believes that it counts.
  if (url.includes('?')) throw invalidParameters(['Parameters are in the body as JSON, not in the address.']);
  let given: unknown;
  try {
    given = JSON.parse(body ?? '') as unknown;
  } catch {
    throw invalidParameters(['The body is no JSON. Send a JSON object; {} selects everybody.']);
  }
  if (!isPlainObject(given)) throw invalidParameters(['The body is no JSON object. {} selects everybody.']);
  const own = Object.keys(given as object).find((name) => OWN_PARAMETERS.includes(name));
  if (own !== undefined) throw invalidParameters([`"${own}" is set by the task itself. Leave it out.`]);
  return given as Readonly<Record<string, unknown>>;
}

function chooseRunId(
  key: string | undefined,
  given: Readonly<Record<string, unknown>>,
  { newRunId, hashToUuid }: WebPorts
): string {
  if (key === undefined) return newRunId();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw invalidParameters(['"Idempotency-Key" has 1 to 200 printable characters, without spaces.']);
  }
  // With the parameters in it, so that a key that is used again for something else is not silently the earlier run.
  return hashToUuid(JSON.stringify([key, sortKeys(given)]));
}

/** The same value for objects whose names are in another order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isPlainObject(value)) return value;
  return Object.entries(value as object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]: [string, unknown]) => [name, sortKeys(inner)]);
}

function refuse(error: unknown): WebAnswer {
  if (!(error instanceof LockUsersError)) throw error;
  return describe(error.code === 'INVALID_PARAMETERS' ? 400 : 503, error.parts);
}

function describe(status: number, parts: ErrorDetails): WebAnswer {
  return { status, body: { code: parts.code, message: describeError(parts, 'no'), nextStep: parts.nextStep } };
}
