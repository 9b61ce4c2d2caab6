import isPlainObject = require('lodash/isPlainObject');
import { buildReport } from '../report/build-report';
import type { Report } from '../report/build-report';
import { lockGoal } from '../actions/Goal';
import { SessionLedger } from '../users/SessionLedger';
import { LockUsersError } from '../errors';
import type { ErrorDetails } from '../errors';
import { invalidParameters, parseParameters } from '../input/parameters';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import { Roster } from '../users/Roster';
import type { RunRecord } from '../records/RunRecord';
import { toErrorDetails } from '../to-error-parts';
import { TokenBucket } from '../requests/TokenBucket';
import { plainGoal } from '../actions/resolve-goal';
import { logReport } from '../report/log-report';
import { describeEnded, describeQueued } from '../records/begin-run';
import { orderInvocation } from '../run/schedule-invocation';
import type { Ports, RecordStore } from '../ports';
import { runInvocation } from '../run/run-invocation';
import { RequestSender } from '../requests/RequestSender';

/**
 * A delivery of the webhook of a `lock_run` object: orders the run that it requests, on the queue, where a second delivery
 * finds it carried out. Only an object that says `requested` and was never run starts one, whatever the delivery says.
 *
 * @throws LockUsersError `INVALID_PARAMETERS` where the object's fields are no parameters; the object says so then
 */
export async function handleWebhook(settings: Settings, objectId: string, ports: Ports): Promise<Report> {
  const { clock, random, log } = ports;
  const startedAtMs = clock.nowMs();
  const bucket = new TokenBucket(settings.pace, startedAtMs);
  const sender = new RequestSender({ clock, random, log, bucket, deadlineMs: startedAtMs + settings.budgetMs });
  let stop: ErrorDetails;
  let requested: Parameters | undefined;
  try {
    const found = await readRequest(ports, sender, objectId);
    if ('code' in found) stop = found;
    else {
      requested = found;
      const failure = await orderInvocation(ports, found.rawParameters, 0);
      if (failure !== undefined) return await runInvocation(settings, found, ports);
      stop = describeQueued(`Run ${objectId} is ordered on the queue lock_users.`);
    }
  } catch (error) {
    if (error instanceof LockUsersError && error.code === 'INVALID_PARAMETERS') throw error;
    stop = toErrorDetails(error);
  }
  const report = buildReport({
    runId: objectId,
    undoes: requested?.undo,
    invocation: 1,
    dryRun: false,
    deployment: { label: null, environment: null, backendId: settings.backendId },
    // Nobody has been looked at: it only says what the run is about.
    roster: new Roster(requested ? plainGoal(requested, new SessionLedger(0)) : lockGoal(false), new Set(), new Set()),
    verified: false,
    doneEarlier: 0,
    resetEarlier: 0,
    requests: sender.requests,
    durationMs: Math.round(clock.nowMs() - startedAtMs),
    stop
  });
  logReport(log, report);
  return report;
}

/** The parameters of the requested run, or why nothing is to be run. */
async function readRequest(
  { records, clock }: Ports,
  sender: RequestSender,
  objectId: string
): Promise<Parameters | ErrorDetails> {
  if (records === undefined) return describeMissing(objectId, 'the data model has no models for it');
  const [run] = await sender.read('record', (timeoutMs) => records.findRuns({ objectId }, timeoutMs));
  if (run === undefined) return describeMissing(objectId, 'there is no such object');
  if (run.runId !== null && run.runId !== objectId) {
    return {
      code: 'RUN_ENDED',
      message: `The object ${objectId} is the record of run ${run.runId}, which something else has started.`,
      nextStep: 'Nothing is to be done.'
    };
  }
  if (run.status !== 'requested' || run.startedAtMs !== null) return describeEnded(objectId, run.status);
  try {
    return parseParameters({ ...readParameters(run), runId: objectId });
  } catch (error) {
    await refuse(run, toErrorDetails(error), { records, nowMs: clock.nowMs(), sender });
    throw error;
  }
}

/** The run's parameters: the JSON in `parameters`, and the fields that have one of their own. */
function readParameters({ parameters, action, reason, requestedBy }: RunRecord): Readonly<Record<string, unknown>> {
  let given: unknown = {};
  try {
    if (parameters !== null && parameters.trim() !== '') given = JSON.parse(parameters) as unknown;
  } catch {
    throw invalidParameters(['The field "parameters" is no JSON.']);
  }
  if (!isPlainObject(given)) throw invalidParameters(['The field "parameters" is to hold a JSON object.']);
  const own = Object.keys(given as object).find((name) => name === 'runId' || name === 'continuation');
  if (own !== undefined) throw invalidParameters([`"${own}" is set by the task itself. Leave it out.`]);
  const { action: givenAction } = given as { readonly action?: unknown };
  if (isFilled(action) && givenAction !== undefined && givenAction !== action) {
    throw invalidParameters([
      `The field "action" says ${JSON.stringify(action)}, and the parameters say ${JSON.stringify(givenAction)}. Say one of them.`
    ]);
  }
  return {
    ...(given as object),
    ...(isFilled(action) && { action }),
    ...(isFilled(reason) && { reason }),
    ...(isFilled(requestedBy) && { requestedBy })
  };
}

function isFilled(text: string | null): boolean {
  return text !== null && text.trim() !== '';
}

/** A webhook of the type `ready` fires once for each object (documented), so that this one may never start a run again. */
const REQUEST_ANEW = 'Create another lock_run with the parameters corrected.';

async function refuse(
  run: RunRecord,
  { message }: ErrorDetails,
  { records, nowMs, sender }: { records: RecordStore; nowMs: number; sender: RequestSender }
): Promise<void> {
  Object.assign(run, {
    status: 'refused',
    finishedAtMs: nowMs,
    message: `${message} No user was changed. ${REQUEST_ANEW}`
  });
  await sender.read('record', (timeoutMs) => records.save([run], timeoutMs));
}

function describeMissing(objectId: string, why: string): ErrorDetails {
  return {
    code: 'RUN_ENDED',
    message: `Run ${objectId} cannot be carried out: ${why}.`,
    nextStep: 'Create an object of the model lock_run with the status "requested" to start a run.'
  };
}
