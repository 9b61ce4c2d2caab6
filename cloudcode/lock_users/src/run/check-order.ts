import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { ErrorDetails } from '../errors';
import { formatMoment } from '../input/unlock-at';
import { findRuns } from '../records/find-runs';
import { findUnlockRuns, isToBeUndone } from '../records/find-unlock-runs';
import type { RunRecord } from '../records/RunRecord';
import { notArmed } from '../reasons/plan-reasons';
import { undoCalledOff, undoPostponed } from '../reasons/unlock-at-reasons';
import type { RunContext } from './RunContext';
import { scheduleUndo } from './schedule-invocation';

/** Milliseconds that an undo waits here where it was delivered so little too early. Ours: two clocks may differ by that. */
const MAX_WAIT_HERE_MS = 60_000;

/**
 * Why the undo that a lock run has ordered does not begin now, if so; any other run may begin. It does not where it was delivered
 * too early, where somebody has changed the time in the record of the lock run or taken it out, and where it is so late that a
 * lock run of the next evening keeps the same people out. Where it is to come later it orders itself again.
 *
 * A deployment that was disarmed since lets people in all the same: the lock run has promised it while it was armed.
 *
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function checkOrder(context: RunContext): Promise<ErrorDetails | undefined> {
  const { parameters, ports, sender, runId, settings } = context;
  const { notBefore, undo, continuation } = parameters;
  const { clock, records, log } = ports;
  if (notBefore === undefined || undo === undefined) return settings.armed || context.dryRun ? undefined : notArmed();
  const hasLetIn = continuation !== undefined && continuation.done + continuation.unconfirmed > 0;
  if (!hasLetIn && clock.nowMs() < notBefore) {
    const earlyMs = notBefore - clock.nowMs();
    if (earlyMs > Math.min(MAX_WAIT_HERE_MS, sender.timer.budgetLeftMs)) {
      return postpone(context, undo, notBefore, 'it was delivered early');
    }
    await sender.wait(earlyMs);
  }
  if (records === undefined) return settings.armed ? undefined : notArmed();
  const runs = await findUnlockRuns(context, records, true);
  const target = runs.find((run) => run.runId === undo) ?? (await findRuns(context, records, { runId: undo }))[0];
  if (target === undefined) {
    if (settings.armed) return undefined;
    throw recordNotShown(undo);
  }
  if (!settings.armed) {
    if (target.unlockRunId !== runId) return notArmed();
    log.line(`This deployment was disarmed since run ${undo} has ordered this undo. It is carried out all the same.`);
  }
  if (hasLetIn) return undefined;
  const { unlockAtMs } = target;
  if (unlockAtMs === null) return undoCalledOff(runId, undo);
  const nowMs = clock.nowMs();
  if (unlockAtMs > nowMs) return postpone(context, undo, unlockAtMs, 'its record says so');
  const later = runs.filter((run) => isNextEvening(run, unlockAtMs) && (isToBeUndone(run) || lockedNobodyElse(run)));
  const outUntilMs = Math.max(...later.map((run) => run.unlockAtMs ?? 0));
  return outUntilMs > nowMs
    ? postpone(context, undo, outUntilMs, 'a later run keeps people out until then')
    : undefined;
}

/** The platform's client takes some errors for an empty list (observed), so that this undo is to come again. */
function recordNotShown(undo: string): LockUsersError {
  return new LockUsersError({
    code: 'RECORD_FAILED',
    message: `This deployment is not armed, and the record of run ${undo}, which would name this undo, is not shown.`,
    nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy
  });
}

async function postpone(
  { ports, parameters, sender }: RunContext,
  undo: string,
  atMs: number,
  why: string
): Promise<ErrorDetails> {
  const undoAgain = { ...parameters.rawParameters, notBefore: formatMoment(atMs) };
  const failure = await scheduleUndo(ports, undoAgain, atMs, sender.timer.schedulingLeftMs / 2);
  return undoPostponed(undo, formatMoment(atMs), why, failure);
}

/** Whether a run began after the other one should have been undone, and found people locked whom that one may have locked. */
function isNextEvening({ startedAtMs, alreadyLocked }: RunRecord, dueAtMs: number): boolean {
  return (startedAtMs ?? 0) >= dueAtMs && (alreadyLocked ?? 0) > 0;
}

/** Whether a run had nobody to lock any more, so that it has ordered no undo, and was not undone. */
function lockedNobodyElse({ status, unlockRunId, undoneBy }: RunRecord): boolean {
  return status === 'done' && unlockRunId === null && undoneBy === null;
}
