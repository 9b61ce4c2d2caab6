import isPlainObject = require('lodash/isPlainObject');
import { isReading } from '../actions/ActionLabels';
import { describeError } from '../describe-error';
import { LockUsersError, toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import { fixUnlockAt } from '../input/fix-unlock-at';
import { invalidParameters, parseParameters } from '../input/parse-parameters';
import type { Parameters } from '../input/parameters';
import { resolveMaxUsers } from '../input/resolve-max-users';
import type { Settings } from '../input/settings';
import { cleanText, MAX_NAME_BYTES } from '../outside-text';
import type { Ports } from '../ports';
import { hasEnded, holdsLease, isReopened, readLastReport } from '../records/RunRecord';
import type { RunRecord } from '../records/RunRecord';
import { scheduleInvocation } from '../run/schedule-invocation';
import { notArmed } from '../reasons/plan-reasons';
import { notQueued } from '../reasons/run-reasons';
import { findOwnParameter } from '../input/own-parameters';

/** Milliseconds in which the database has to say whether a run is known. Ours: somebody waits for the response. */
const LOOKUP_TIMEOUT_MS = 5000;

/** A web request that was let in. */
export interface WebRequest {
  /** The address as the task sees it; only whether it has a query matters. */
  readonly url: string;
  /** The body as text; undefined or empty where there is none. */
  readonly body: string | undefined;
  /** The header `Idempotency-Key`, where there is one. */
  readonly idempotencyKey: string | undefined;
}

/** The response to a web request. */
export interface WebResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What handling a web request needs from outside. */
export interface WebPorts extends Pick<Ports, 'queue' | 'clock' | 'log' | 'newRunId' | 'records'> {
  /** Reads the deployment's settings. @throws LockUsersError `INVALID_SETTINGS` */
  readonly readSettings: () => Settings;
  /** A UUID that is always the same for the same text. */
  readonly hashToUuid: (text: string) => string;
  /** A time as ISO 8601; null where it is none. */
  readonly formatTime: (timeMs: number | null) => string | null;
}

/**
 * Checks a web request as `run` would check its parameters, schedules the run on the queue, and responds with its id: 202
 * where it is scheduled, 400 where the request is wrong, 409 where the deployment is not armed, 503 where it is not set up.
 *
 * A request with the `Idempotency-Key` and the parameters of an earlier one is about the same run, which is carried out
 * once: where its record shows that it is under way or has ended, the response is 200 and says so.
 */
export async function handleWebRequest(request: WebRequest, ports: WebPorts): Promise<WebResponse> {
  let parameters: Parameters;
  let settings: Settings;
  let runId: string;
  try {
    const rawParameters = readBody(request);
    settings = ports.readSettings();
    // Checked before anything else is done with them: they may be nested too deeply for that.
    parseParameters(rawParameters);
    runId = chooseRunId(request.idempotencyKey, rawParameters, ports);
    parameters = parseParameters({ requestedBy: 'web request', ...rawParameters, runId });
    resolveMaxUsers(settings, parameters);
    parameters = fixUnlockAt(parameters, ports.clock.nowMs());
  } catch (error) {
    if (!(error instanceof LockUsersError)) throw error;
    return refuse(error.code === 'INVALID_PARAMETERS' ? 400 : 503, error.details);
  }
  if (!settings.armed && parameters.dryRun === false) return refuse(409, notArmed());
  const known = request.idempotencyKey === undefined ? undefined : await findRun(runId, ports);
  if (known !== undefined && (hasEnded(known) || isReopened(known) || holdsLease(known, ports.clock.nowMs()))) {
    return { status: 200, body: describeKnownRun(runId, known, ports) };
  }
  const failure = await scheduleInvocation(ports, parameters.rawParameters, 0);
  if (failure !== undefined) return refuse(503, notQueued(failure));
  return {
    status: 202,
    body: { runId, status: 'queued', dryRun: isReading(parameters.action) || (parameters.dryRun ?? !settings.armed) }
  };
}

/** The record of the run, if there is one. One that cannot be read does no harm: what is scheduled twice is carried out once. */
async function findRun(runId: string, { records, log }: WebPorts): Promise<RunRecord | undefined> {
  try {
    return (await records?.findRuns({ runId }, LOOKUP_TIMEOUT_MS))?.[0];
  } catch (error) {
    log.line(`Whether the run is known cannot be told, so it is scheduled. ${toErrorDetails(error).message}`);
    return undefined;
  }
}

function describeKnownRun(runId: string, known: RunRecord, { formatTime }: WebPorts): WebResponse['body'] {
  const { startedAtMs, finishedAtMs, undoneBy } = known;
  // Whoever asks again until the run has ended must not be told for ever that it is running.
  const status = isReopened(known) ? (readLastReport(known)?.status ?? 'unknown') : known.status;
  return {
    runId,
    status: cleanText(status ?? '', MAX_NAME_BYTES),
    startedAt: formatTime(startedAtMs),
    finishedAt: formatTime(finishedAtMs),
    ...(undoneBy !== null && { undoneBy: cleanText(undoneBy, MAX_NAME_BYTES) }),
    message:
      'A request with this Idempotency-Key and these parameters was made before. Nothing was scheduled: this is that run. ' +
      'To start another run, send another key.'
  };
}

function readBody({ url, body }: WebRequest): Readonly<Record<string, unknown>> {
  // Whoever writes "?dryRun=true" believes that it counts.
  if (url.includes('?')) throw invalidParameters(['Parameters are in the body as JSON, not in the address.']);
  let rawParameters: unknown;
  try {
    // This takes away a byte order mark as well.
    rawParameters = JSON.parse(body?.trim() ?? '') as unknown;
  } catch {
    throw invalidParameters(['The body is not valid JSON. Send a JSON object; {} selects everybody.']);
  }
  if (!isPlainObject(rawParameters)) throw invalidParameters(['The body is not a JSON object. {} selects everybody.']);
  const own = findOwnParameter(rawParameters as object);
  if (own !== undefined) throw invalidParameters([own]);
  return rawParameters as Readonly<Record<string, unknown>>;
}

function chooseRunId(
  key: string | undefined,
  rawParameters: Readonly<Record<string, unknown>>,
  { newRunId, hashToUuid }: WebPorts
): string {
  if (key === undefined) return newRunId();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw invalidParameters(['"Idempotency-Key" has 1 to 200 printable characters, without spaces.']);
  }
  // With the parameters in it, so that a key that is used again for something else is not silently the earlier run.
  return hashToUuid(JSON.stringify([key, sortKeys(rawParameters)]));
}

/** The same value for objects whose names are in another order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isPlainObject(value)) return value;
  return Object.entries(value as object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]: [string, unknown]) => [name, sortKeys(inner)]);
}

function refuse(status: number, details: ErrorDetails): WebResponse {
  return { status, body: { code: details.code, message: describeError(details, 'no'), nextStep: details.nextStep } };
}
