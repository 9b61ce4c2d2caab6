import type { ActionName } from '../actions/ActionLabels';
import type { ErrorDetails } from '../errors';
import type { RunRecord } from '../records/RunRecord';
import type { PlanCounts } from '../users/outcomes';
import { countUsers, NO_ACTION_NEEDED, stopReason } from './stop-reason';

// Why a run cannot be undone, or looked at by its record.

const NAME_A_RUN = 'Name a run by its id, or leave "run" out to look at everybody.';

/** A run cannot be undone where the app keeps no records. */
export function noRecordModels(runId: string): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `Run ${runId} cannot be undone: the data model has no models lock_run and lock_run_batch, so nothing says which users it locked.`
  );
}

/** A run can be neither undone nor looked at of which there is no record. @param nextStep default: how to unlock users without one */
export function unknownRun(runId: string, nextStep?: string): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `There is no record of a run ${runId}, so nothing says which users it locked.`,
    nextStep
  );
}

/** A run cannot be looked at of which there is no record. */
export function unknownRunToLookAt(runId: string): ErrorDetails {
  return unknownRun(runId, NAME_A_RUN);
}

/** A run cannot be undone whose batches were deleted. */
export function batchesDeleted(runId: string, undoneBy: string | null): ErrorDetails {
  const why =
    undoneBy === null
      ? 'it had no batches when it was too old to keep any (LOCK_USERS_KEEP_DAYS)'
      : `its batches were deleted because they are old (LOCK_USERS_KEEP_DAYS), after run ${undoneBy} had undone it`;
  return stopReason('NO_RECORD', `Run ${runId} cannot be undone: ${why}, so nothing says which users it locked.`);
}

/** Nothing tells any more whom a run locked. */
export function usersNotKept(runId: string): ErrorDetails {
  return stopReason(
    'NO_RECORD',
    `Whom run ${runId} locked is not known any more: its batches were deleted because they are old (LOCK_USERS_KEEP_DAYS).`,
    'Leave "run" out to look at everybody.'
  );
}

/** There is nobody of whom a status could tell. */
export function nobodyToLookAt(runId: string): ErrorDetails {
  return stopReason('NO_RECORD', `Run ${runId} locked nobody by its record.`, 'Leave "run" out to look at everybody.');
}

/** There is no last run. */
export function lockedNobodyLately(days: number): ErrorDetails {
  return stopReason('NO_RECORD', `No run has locked anybody in the last ${days} days, by the records.`, NAME_A_RUN);
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
