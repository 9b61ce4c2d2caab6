import { ACTION_LABELS } from './actions/ActionLabels';
import type { ActionName } from './actions/ActionLabels';
import { ERROR_CATALOGUE } from './error-catalogue';
import { cleanDetails } from './errors';
import type { ErrorCode } from './error-catalogue';
import type { ErrorDetails } from './errors';
import { formatMoment } from './input/unlock-at';
import type { RecordStatus, RunRecord } from './records/RunRecord';
import type { CanaryUser } from './users/Canary';
import type { PlanCounts } from './users/outcomes';

// Every sentence about why a run did less than it could, or nothing. Requests that fail have theirs in
// requests/classify-response.ts.

/** Users that a sentence names. Ours. */
const MAX_NAMED = 20;

const NO_ACTION_NEEDED = 'No action needed.';

/** Why a run did less than it could; the next step is the one of the code where no other is given. */
export function stopReason(
  code: ErrorCode,
  message: string,
  nextStep: string = ERROR_CATALOGUE[code].remedy
): ErrorDetails {
  return cleanDetails({ code, message, nextStep });
}

/** A deployment that is not armed changes nobody. */
export function notArmed(): ErrorDetails {
  return stopReason('NOT_ARMED', 'This deployment is not armed, so the task only plans here.');
}

/** A run that has begun does not go on where the deployment was disarmed since. */
export function disarmedSince(runId: string): ErrorDetails {
  const message = `Run ${runId} has begun before, and this deployment was disarmed since. The record shows what it had done.`;
  return stopReason('NOT_ARMED', message);
}

/** A lock run does not begin outside its window. @param name what a sentence calls the window */
export function outsideWindow(name: string, window: string): ErrorDetails {
  return stopReason('OUTSIDE_WINDOW', `A lock run begins only within ${name}, ${window}, and this one did not.`);
}

/** A plan that is too large is not sent. */
export function tooManyUsers(action: ActionName, planned: number, maxUsers: number): ErrorDetails {
  const message = `The run would ${ACTION_LABELS[action].verb} ${countUsers(planned)}, and at most ${maxUsers} are allowed.`;
  return stopReason('TOO_MANY_USERS', message);
}

/** There is nobody to do anything about. @param userIds the ids that were asked for, if any */
export function nobodySelected(userIds: readonly string[] | undefined): ErrorDetails {
  return stopReason(
    'NOBODY_SELECTED',
    userIds === undefined ? 'Nobody is selected.' : `Of the ${countUsers(userIds.length)} in "userIds" none exists.`
  );
}

/** A query for users names a relation, which would select the wrong people. @param name how the query is called */
export function relationInWhere(
  code: 'INVALID_PARAMETERS' | 'INVALID_SETTINGS',
  name: string,
  relation: string
): ErrorDetails {
  return stopReason(
    code,
    `${name} names the relation "${relation}", and a query takes an object for it, not an id.`,
    `Write "${relation}_id" with the id of the object${code === 'INVALID_SETTINGS' ? ', save, deploy' : ''}, and run the task again.`
  );
}

/** Nobody matches the rule that says who is protected: it is probably wrong. */
export function nobodyProtected(): ErrorDetails {
  return stopReason('NOBODY_PROTECTED', 'Nobody matches LOCK_USERS_PROTECTED_WHERE, so it would protect nobody.');
}

/** Nobody of those who are to be left alone exists: whoever was meant would be changed. */
export function nobodyExcluded(excludeUserIds: readonly string[]): ErrorDetails {
  return stopReason(
    'NOBODY_EXCLUDED',
    `Of the ${countUsers(excludeUserIds.length)} in "excludeUserIds" none exists: ${excludeUserIds.slice(0, 5).join(', ')}.`
  );
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

/** What was seen of users that were sent first is no reason to send the others. */
export function canaryFailed(users: readonly CanaryUser[]): ErrorDetails {
  const isReset = users.some(({ seen }) => seen === 'reset');
  const seen = users.slice(0, MAX_NAMED).map((user) => `${user.userId} ${user.seen}`);
  const named = `${seen.join(', ')}${users.length > MAX_NAMED ? ', …' : ''}`;
  return stopReason(
    'CANARY_FAILED',
    isReset
      ? `ALARM: a lock turned sessions RESET although it said "wipe": false. Of the ${countUsers(users.length)} sent first was seen: ${named}. The others were not sent.`
      : `None of the ${countUsers(users.length)} sent first is shown locked: ${named}. The others were not sent.`
  );
}

/** Sessions of users whom the run has sent turned `RESET`. */
export function sessionsReset(action: ActionName, userIds: readonly string[]): ErrorDetails {
  const named = `${userIds.slice(0, MAX_NAMED).join(', ')}${userIds.length > MAX_NAMED ? ', …' : ''}`;
  return stopReason(
    'SESSIONS_RESET',
    `ALARM: sessions of ${countUsers(userIds.length)} whom this run was to ${ACTION_LABELS[action].verb} turned RESET, so that their devices wipe their data: ${named}. The run stopped.`
  );
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

/** A run cannot be undone where the app keeps no records. */
export function noRecordModels(runId: string): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `Run ${runId} cannot be undone: the data model has no models lock_run and lock_run_batch, so nothing says which users it locked.`
  );
}

/** A run cannot be undone of which there is no record. */
export function unknownRun(runId: string): ErrorDetails {
  return stopReason('NO_RECORD', `There is no record of a run ${runId}, so nothing says which users it locked.`);
}

/** A run cannot be undone whose batches were deleted. */
export function batchesDeleted(runId: string, undoneBy: string | null): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `Run ${runId} cannot be undone: its batches were deleted because they are old (LOCK_USERS_KEEP_DAYS), after run ${undoneBy ?? 'unknown'} had undone it, so nothing says which users it locked.`
  );
}

/** There is nobody of whom a status could tell. */
export function nobodyToLookAt(runId: string): ErrorDetails {
  return stopReason('NO_RECORD', `Run ${runId} locked nobody by its record.`, 'Leave "run" out to look at everybody.');
}

/** There is no last run. */
export function lockedNobodyLately(days: number): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `No run has locked anybody in the last ${days} days, by the records.`,
    'Name a run by its id, or leave "run" out to look at everybody.'
  );
}

/** Why a run of another action cannot be undone, and what to do instead. */
const NOT_A_LOCK: Readonly<Record<Exclude<ActionName, 'lock' | 'status'>, readonly [string, string]>> = {
  unlock: ['it unlocked users', 'To lock users, name them: {"userIds": ["…"]}, or select them with "where".'],
  reauthenticate: ['it signed users out and locked nobody', 'They come back by signing in.']
};

/** A run whose action locks nobody cannot be undone; undefined where its action is `lock`. */
export function otherAction(runId: string, { action, status }: RunRecord): ErrorDetails | undefined {
  if (action === null || status === 'planned' || !Object.keys(NOT_A_LOCK).includes(action)) return undefined;
  return notUndoable(runId, ...NOT_A_LOCK[action as keyof typeof NOT_A_LOCK]);
}

/** A run that ended before it locked anybody cannot be undone; undefined where its status does not rule it out. */
export function lockedNobody(runId: string, { status }: RunRecord): ErrorDetails | undefined {
  switch (status) {
    case 'planned':
      return notUndoable(runId, 'it was a dry run and changed nobody', NO_ACTION_NEEDED);
    case 'refused':
      return notUndoable(runId, 'it was refused and locked nobody', NO_ACTION_NEEDED);
    case 'requested':
    case null:
      return notUndoable(runId, 'it has not begun', 'Wait until it has been carried out.');
    default:
      return undefined;
  }
}

function notUndoable(runId: string, why: string, nextStep: string): ErrorDetails {
  return stopReason('NOT_UNDOABLE', `Run ${runId} cannot be undone: ${why}.`, nextStep);
}

/** There is nothing left to undo. */
export function alreadyUndone(runId: string, { selected, already, skipped, gone }: PlanCounts): ErrorDetails {
  const others = [
    skipped > 0 ? `, ${skipped} were locked again since` : '',
    gone > 0 ? `, ${gone} are no longer users of the app` : ''
  ];
  return stopReason(
    'ALREADY_UNDONE',
    selected === 0
      ? `Run ${runId} locked nobody.`
      : `There is nothing left to undo: of the ${countUsers(selected)} that run ${runId} locked, ${already} are unlocked already${others.join('')}.`,
    skipped > 0
      ? 'Those stay locked; the report names them, and the run that has locked them again where one has: undo that one.'
      : NO_ACTION_NEEDED
  );
}

/** `1 user`, `2 users`. */
export function countUsers(count: number): string {
  return `${count} ${count === 1 ? 'user' : 'users'}`;
}
