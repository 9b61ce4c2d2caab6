import isPlainObject = require('lodash/isPlainObject');
import { isReading } from '../actions/ActionLabels';
import { describeError } from '../describe-error';
import { LockUsersError, toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import { describeValue } from '../input/Check';
import { fixUnlockAt } from '../input/fix-unlock-at';
import { invalidParameters, parseParameters } from '../input/parse-parameters';
import type { Parameters } from '../input/parameters';
import { resolveMaxUsers } from '../input/resolve-max-users';
import type { Settings } from '../input/settings';
import type { Ports, RecordStore } from '../ports';
import { findRuns } from '../records/find-runs';
import type { RunRecord } from '../records/RunRecord';
import { buildReport } from '../report/build-report';
import { logReport } from '../report/log-report';
import type { Report } from '../report/Report';
import { createContext } from '../run/RunContext';
import type { RunContext } from '../run/RunContext';
import { runInvocation } from '../run/run-invocation';
import { scheduleInvocation } from '../run/schedule-invocation';
import { noModels, noSuchObject, queued, recordOfAnotherRun, runEnded, webhookOff } from '../reasons/run-reasons';
import { findOwnParameter } from '../input/own-parameters';

/** Milliseconds after which a scheduled run that begins at once is seen in its record. Ours. */
const ORDER_SHOWS_MS = 10_000;

/**
 * Handles the webhook of a `lock_run` object: schedules the run that it requests on the queue, where a second webhook of the
 * same object finds it carried out. Only an object that says `requested` and was never run starts one, whatever the webhook
 * says. Where the run cannot be scheduled, it is carried out here. Where `LOCK_USERS_WEBHOOK` is not `true`, no run starts, and the
 * object says why.
 *
 * @throws LockUsersError `INVALID_PARAMETERS` where the object's fields are no parameters; the object says so then
 */
export async function handleWebhook(settings: Settings, objectId: string, ports: Ports): Promise<Report> {
  let context = createContext(settings, parseParameters({ runId: objectId }), ports);
  let stop: ErrorDetails;
  try {
    const found = await readRequest(context, objectId);
    if ('code' in found) stop = found;
    else {
      context = createContext(settings, found, ports, context.sender);
      const failure = await scheduleInvocation(ports, found.rawParameters, 0, context.sender.timer.schedulingLeftMs);
      if (failure !== undefined && !(await hasBegunElsewhere(context, objectId))) return await runInvocation(context);
      stop = queued(`Run ${objectId} is scheduled on the queue ${ports.queue?.name ?? ''}.`);
    }
  } catch (error) {
    if (error instanceof LockUsersError && error.code === 'INVALID_PARAMETERS') throw error;
    stop = toErrorDetails(error);
  }
  const report = buildReport({
    context: { ...context, runId: objectId, dryRun: false },
    deployment: { label: null, environment: null, backendId: settings.backendId },
    roster: undefined,
    verified: false,
    doneEarlier: 0,
    resetEarlier: 0,
    stop
  });
  // Each record that a run makes has a webhook of its own, which is nobody's request.
  if (stop.code === 'RUN_ENDED') ports.log.line(`Nothing to do: ${stop.message}`);
  else logReport(ports.log, report);
  return report;
}

/** Whether a run that could not be scheduled has begun all the same: the order may have been taken and its answer lost. */
async function hasBegunElsewhere(context: RunContext, objectId: string): Promise<boolean> {
  if (context.ports.queue === undefined) return false;
  context.ports.log.line(
    `Run ${objectId} is carried out here in ${ORDER_SHOWS_MS / 1000} s, unless it begins elsewhere.`
  );
  await context.sender.wait(ORDER_SHOWS_MS);
  return 'code' in (await readRequest(context, objectId));
}

/** The parameters of the requested run, or why nothing is to be run. */
async function readRequest(context: RunContext, objectId: string): Promise<Parameters | ErrorDetails> {
  const { ports, sender, settings } = context;
  const { records, clock } = ports;
  if (records === undefined) return noModels(objectId);
  const [run] = await findRuns(context, records, { objectId });
  if (run === undefined) return noSuchObject(objectId);
  if (run.runId !== null && run.runId !== objectId) return recordOfAnotherRun(objectId, run.runId);
  if (run.status !== 'requested' || run.startedAtMs !== null) return runEnded(objectId, run.status);
  const refuseWith = (reason: ErrorDetails): Promise<void> =>
    refuse(run, reason, { records, nowMs: clock.nowMs(), sender });
  if (!settings.webhook) {
    const off = webhookOff(objectId);
    await refuseWith(off);
    return off;
  }
  try {
    const parameters = parseParameters({ ...readParameters(run), runId: objectId });
    resolveMaxUsers(settings, parameters);
    if (isReading(parameters.action)) throw invalidParameters([READS_ONLY]);
    return fixUnlockAt(parameters, clock.nowMs());
  } catch (error) {
    await refuseWith({ ...toErrorDetails(error), nextStep: REQUEST_ANEW });
    throw error;
  }
}

/** The run's parameters: the JSON in `parameters`, and the fields that have one of their own. */
function readParameters({ parameters, action, reason, requestedBy }: RunRecord): Readonly<Record<string, unknown>> {
  let rawParameters: unknown = {};
  try {
    // This takes away a byte order mark as well.
    const text = parameters?.trim() ?? '';
    if (text !== '') rawParameters = JSON.parse(text) as unknown;
  } catch {
    throw invalidParameters(['The field "parameters" is not valid JSON.']);
  }
  if (!isPlainObject(rawParameters)) throw invalidParameters(['The field "parameters" must hold a JSON object.']);
  const own = findOwnParameter(rawParameters as object);
  if (own !== undefined) throw invalidParameters([own]);
  const { action: rawAction } = rawParameters as { readonly action?: unknown };
  if (isFilled(action) && rawAction !== undefined && rawAction !== action) {
    throw invalidParameters([
      `The field "action" says ${describeValue(action)}, and the parameters say ${describeValue(rawAction)}. Say one of them.`
    ]);
  }
  return {
    ...(rawParameters as object),
    ...(isFilled(action) && { action }),
    ...(isFilled(reason) && { reason }),
    ...(isFilled(requestedBy) && { requestedBy })
  };
}

function isFilled(text: string | null): boolean {
  return text !== null && text.trim() !== '';
}

/** An object is the record of a run, and a status has none. */
const READS_ONLY = 'An object requests runs that change users. Ask for the status by another trigger.';

/** A webhook of the type `ready` fires once for each object (documented), so that this one may never start a run again. */
const REQUEST_ANEW = 'Create another lock_run with the parameters corrected.';

async function refuse(
  run: RunRecord,
  reason: ErrorDetails,
  { records, nowMs, sender }: { records: RecordStore; nowMs: number; sender: RunContext['sender'] }
): Promise<void> {
  Object.assign(run, {
    status: 'refused',
    finishedAtMs: nowMs,
    message: describeError(reason, 'no')
  });
  await sender.read('record', (timeoutMs) => records.save([run], timeoutMs));
}
