import type { ErrorDetails } from '../errors';
import { formatMoment } from '../input/unlock-at';
import type { RecordStatus, RunRecord } from '../records/RunRecord';
import { NO_ACTION_NEEDED, stopReason } from './stop-reason';

// Why a run does not begin, is carried out elsewhere, or does not go on.

/** A run that has begun does not go on where the deployment was disarmed since. */
export function disarmedSince(runId: string): ErrorDetails {
  const message = `Run ${runId} has begun before, and this deployment was disarmed since. The record shows what it had done.`;
  return stopReason('NOT_ARMED', message);
}

/** The record cannot be kept in the models that the app has. */
export function outdatedModels(fields: string): ErrorDetails {
  return stopReason(
    'RECORD_FAILED',
    `The data model lacks fields that the record needs: ${fields}.`,
    'Copy the models lock_run and lock_run_batch of this version into the data model and deploy the app, or remove both to run without a record.'
  );
}

/** A run does nothing while another one holds the lease. */
export function runUnderWay({ runId, id, leaseHolder, leaseExpiresAtMs }: RunRecord, nowMs: number): ErrorDetails {
  const holder = leaseHolder ?? 'its next invocation is scheduled';
  const seconds = Math.max(0, Math.ceil(((leaseExpiresAtMs ?? 0) - nowMs) / 1000));
  return stopReason(
    'RUN_UNDER_WAY',
    `A run is under way: ${runId ?? id} (${holder}). Its lease ends in ${seconds} s at the latest.`,
    `Wait until it has ended, at ${formatMoment(leaseExpiresAtMs ?? nowMs)} at the latest, then run the task again if there is something left to do. If it was killed, the status "interrupted" in its record (lock_run ${id}) ends its lease at once.`
  );
}

/** Somebody has asked the run to stop. */
export function stopRequested(runId: string): ErrorDetails {
  return stopReason('STOP_REQUESTED', `Run ${runId} was asked to stop (stop_requested in its record).`);
}

/** A run that was carried out is not carried out again. */
export function runEnded(runId: string, status: RecordStatus | null): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out again: its record says "${status ?? 'nothing'}".`,
    'Start another run if one is meant.'
  );
}

/** The record of a run has the time of its end, and an older status. */
export function runReopened(runId: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out again: it had ended, and a save that came late wrote an older status into its record.`,
    'Start another run if one is meant.'
  );
}

/** The record of a run says that it is about to begin, and its batches say what came of them. */
export function runEmptied(runId: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out again: its batches have their outcomes, and a save that came late has emptied its record.`,
    'Whether it came to its end is not known. Look who is locked with {"action": "status"}, and start another run if one is meant.'
  );
}

/** A run that was undone before it was carried out is not carried out any more. */
export function runUndone(runId: string, undoneBy: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out: run ${undoneBy} has undone it.`,
    'Start another run if one is meant.'
  );
}

/** An object of `lock_run` that is the record of a run does not request one. */
export function recordOfAnotherRun(objectId: string, runId: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `The object ${objectId} is the record of run ${runId}, which something else has started.`,
    NO_ACTION_NEEDED
  );
}

/** An object requests a run, and objects start none in this deployment. */
export function webhookOff(objectId: string): ErrorDetails {
  return stopReason(
    'WEBHOOK_OFF',
    `Run ${objectId} is not carried out: objects of lock_run start no runs in this deployment (LOCK_USERS_WEBHOOK).`
  );
}

/** The object that requests a run, as a webhook says, is not there. */
export function noSuchObject(objectId: string): ErrorDetails {
  return stopReason('NO_SUCH_OBJECT', `Run ${objectId} cannot be carried out: there is no such object.`);
}

/** A webhook cannot be followed where the app has no models that it could be about. */
export function noModels(objectId: string): ErrorDetails {
  return stopReason('NO_MODELS', `Run ${objectId} cannot be carried out: the data model has no models for it.`);
}

/** The run is carried out by another invocation. @param message a sentence */
export function queued(message: string): ErrorDetails {
  return stopReason('QUEUED', message, 'Its log and its report are those of the scheduled invocation.');
}

/** A run of a web request could not be scheduled. @param failure the end of a sentence */
export function notQueued(failure: string): ErrorDetails {
  return stopReason('NOT_QUEUED', `The run could not be scheduled: ${failure}.`);
}

/** The time of an invocation is used up. @param lastMessage what kept it waiting, if that is known */
export function timeBudget(lastMessage?: string): ErrorDetails {
  return stopReason(
    'TIME_BUDGET',
    `The time of this invocation is used up.${lastMessage === undefined ? '' : ` Last: ${lastMessage}`}`,
    'Run the task again; it finishes what is missing.'
  );
}

/** The run gives up. @param lastMessage why its last invocation ended */
export function stalled(lastMessage: string): ErrorDetails {
  return stopReason(
    'STALLED',
    `The run gave up: two invocations in a row changed nobody, or there were 1000 of them. ${lastMessage}`
  );
}
