import { isReading } from '../actions/ActionLabels';
import { toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import type { MissingField, RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { scheduleInvocation } from '../run/schedule-invocation';
import {
  disarmedSince,
  outdatedModels,
  queued,
  runEmptied,
  runEnded,
  runReopened,
  runUnderWay,
  runUndone,
  stopRequested
} from '../reasons/run-reasons';
import { VERSION } from '../version';
import { acquireLease } from './acquire-lease';
import { findRuns } from './find-runs';
import { isEmptied } from './is-emptied';
import { hasEnded, holdsLease, isAskedToStop, isReopened, readLastReport } from './RunRecord';
import type { RunRecord } from './RunRecord';
import { watchStop } from './watch-stop';

/** Whether the invocation may go on, and the record of the run, if there is one. */
export interface BegunRun {
  readonly stop?: ErrorDetails;
  readonly record?: RunRecord;
  /** Whether the record shows that an invocation of the run has begun before. */
  readonly hasBegun?: boolean;
  /** Whether the run was killed and is not carried out, so that nobody knows what came of it. */
  readonly isPastUnknown?: boolean;
}

/** Milliseconds after which an undo that is due looks again whether the lease is free. Ours. */
const UNDO_RETRY_MS = 60_000;

/** Parameters that the record has a field of its own for, or that are about the invocation. */
const HAVE_OWN_FIELDS: readonly string[] = ['runId', 'continuation', 'reason', 'requestedBy'];

/**
 * Finds or makes the run's record, and ensures by the lease in it that no other run is active. A dry run changes nothing and
 * needs no lease. Where the app has no models for records, nothing keeps runs apart.
 *
 * @throws LockUsersError `RECORD_FAILED` where the record cannot be read or written
 */
export async function beginRun(context: RunContext): Promise<BegunRun> {
  const { ports, parameters, invocation, dryRun } = context;
  const { records } = ports;
  if (isReading(parameters.action)) return {};
  if (records !== undefined) return beginWithRecord(context, records);
  if (invocation === 1) {
    ports.log.line(`No record: ${dryRun ? 'a run of this app' : 'this run'} cannot be undone or stopped.`);
    if (!dryRun)
      ports.log.line('To stop it all the same, disarm the deployment and deploy: no further invocation begins.');
  }
  return {};
}

async function beginWithRecord(context: RunContext, records: RecordStore): Promise<BegunRun> {
  const { parameters, ports, runId, invocation, dryRun, sender } = context;
  const { clock } = ports;
  const isScheduled = parameters.runId !== undefined || parameters.continuation !== undefined;
  const lookedAtMs = clock.monotonicMs();
  const all = isScheduled ? await findRuns(context, records, { runId }) : [];
  // Whoever stops a run that has no record yet makes one that only says so.
  const found = all.find(({ startedAtMs }) => startedAtMs !== null) ?? all[0];
  const refusal = found && (await checkFound(context, records, found));
  if (refusal !== undefined) return refusal;
  const hasBegun = (found?.startedAtMs ?? null) !== null;
  // A run that has begun and was disarmed since must not look as if it had only planned.
  if (dryRun && hasBegun) return parameters.dryRun === true ? {} : { stop: disarmedSince(runId) };
  const record = found ?? records.newRun();
  describeRequest(context, record);
  if (all.some(isAskedToStop)) {
    return { stop: stopRequested(runId), record, isPastUnknown: hasBegun && record.status !== 'continues' };
  }
  const outdated = checkModels(context, records);
  if (outdated !== undefined) return { stop: outdated, record };
  if (dryRun) {
    record.startedAtMs = clock.nowMs();
    return { record };
  }
  const holder = `invocation ${invocation}, ${ports.newRunId()}`;
  let blocker: RunRecord | undefined;
  try {
    blocker = await acquireLease(context, records, record, holder);
  } catch (error) {
    // With the record, so that it does not say "starting" for ever.
    return { stop: toErrorDetails(error), record };
  }
  if (blocker === undefined) {
    // What was asked between two invocations may have come just after this one has looked.
    watchStop(context, records, record, hasBegun ? -Infinity : lookedAtMs);
    return { record, hasBegun };
  }
  if (blocker.id === record.id && blocker.leaseHolder === holder) return { stop: stopRequested(runId), record };
  // What its record says is the other invocation's to write.
  if (blocker.id === record.id) return comeBackAfter(context, blocker);
  // An undo that was ordered for a time comes back: nobody else lets people in.
  const isToComeBack = invocation > 1 || hasBegun || parameters.notBefore !== undefined;
  if (!isToComeBack) return { stop: runUnderWay(blocker, clock.nowMs()), record };
  // As before this invocation, or it would count as carried out when it comes back.
  Object.assign(record, {
    status: 'continues',
    invocation: invocation - 1,
    leaseHolder: null,
    leaseExpiresAtMs: null
  });
  await sender.read('record', (timeoutMs) => records.save([record], timeoutMs));
  return comeBackAfter(context, blocker);
}

/** Why no record can be kept in the models that the app has, if so; a warning where it will only say less. */
function checkModels({ warnings }: RunContext, records: RecordStore): ErrorDetails | undefined {
  const missing = records.listMissingFields();
  if (missing.length === 0) return undefined;
  const needed = missing.filter(({ isNeeded }) => isNeeded);
  if (needed.length > 0) return outdatedModels(listNames(needed));
  warnings.add(
    'OLD_RECORD_MODELS',
    `The data model lacks fields of the record: ${listNames(missing)}. They are left out. Copy the two models of this version.`
  );
  return undefined;
}

function listNames(fields: readonly MissingField[]): string {
  return fields.map(({ name }) => name).join(', ');
}

/** Why a run whose record was found is not carried out now; undefined where it is. */
async function checkFound(context: RunContext, records: RecordStore, found: RunRecord): Promise<BegunRun | undefined> {
  const refusal = findRefusal(context, found);
  if (refusal === undefined) {
    return (await isEmptied(context, records, found)) ? { stop: runEmptied(context.runId) } : undefined;
  }
  return refusal.code === 'RUN_UNDER_WAY' ? comeBackAfter(context, found) : { stop: refusal };
}

/** Why an invocation may not carry out the run whose record was found, nor write what it says; undefined where it may. */
export function findRefusal(context: RunContext, found: RunRecord): ErrorDetails | undefined {
  const { runId, ports } = context;
  const { status, undoneBy } = found;
  const nowMs = ports.clock.nowMs();
  if ((status === 'starting' || status === 'running') && holdsLease(found, nowMs)) return runUnderWay(found, nowMs);
  const isRepeated = status === 'continues' && context.invocation <= (found.invocation ?? 0);
  const isOver = hasEnded(found) || isReopened(found);
  if (isRepeated || (isOver && !isOrderedUnknown(context, found))) {
    return isReopened(found) ? runReopened(runId) : runEnded(runId, status);
  }
  return undoneBy === null ? undefined : runUndone(runId, undoneBy);
}

/** Whether the run ended for want of time, and the next invocation was scheduled all the same, without an answer that said so. */
function isOrderedUnknown(context: RunContext, found: RunRecord): boolean {
  // Where a late save has written over how it ended, its report says that.
  const end = isReopened(found) ? readLastReport(found) : found;
  // Without the number (a model that lacks the field) nothing tells such an order from one that comes again.
  if (end === undefined || end.invocation === null || context.invocation !== end.invocation + 1) return false;
  return context.invocation > 1 && (end.status === 'partial' || end.status === 'failed');
}

/** Writes down which run it is, and what it was asked. */
export function describeRequest({ parameters, runId, invocation, unlockAtMs }: RunContext, record: RunRecord): void {
  const request = Object.entries(parameters.rawParameters).filter(([name]) => !HAVE_OWN_FIELDS.includes(name));
  Object.assign(record, {
    version: VERSION,
    runId,
    action: parameters.action,
    invocation,
    unlockAtMs: record.startedAtMs === null ? (unlockAtMs ?? null) : record.unlockAtMs,
    message: null,
    finishedAtMs: null,
    reason: parameters.reason ?? null,
    requestedBy: parameters.requestedBy ?? null,
    parameters: JSON.stringify(Object.fromEntries(request))
  });
}

/** Schedules this invocation once more for when the other one's lease has ended, because its run had begun before. */
async function comeBackAfter({ parameters, ports, runId, sender }: RunContext, other: RunRecord): Promise<BegunRun> {
  const nowMs = ports.clock.nowMs();
  // A lock run that keeps out those who are to be let in now ends by its own clock, before its lease does.
  const mostMs = parameters.notBefore === undefined ? Infinity : UNDO_RETRY_MS;
  const leftMs = Math.min(mostMs, Math.max(0, (other.leaseExpiresAtMs ?? 0) - nowMs));
  const underWay = runUnderWay(other, nowMs);
  const failure = await scheduleInvocation(
    ports,
    { ...parameters.rawParameters, runId },
    leftMs,
    sender.timer.schedulingLeftMs
  );
  if (failure !== undefined) return { stop: underWay };
  const when = leftMs > 0 ? ` in ${Math.ceil(leftMs / 1000)} s` : '';
  return {
    stop: queued(`${underWay.message} Run ${runId} is scheduled on the queue ${ports.queue?.name ?? ''}${when}.`)
  };
}
