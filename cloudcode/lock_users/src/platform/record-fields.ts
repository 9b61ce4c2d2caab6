import type { BatchRecord, RunRecord } from '../records/RunRecord';

/** The field of the data model for each property of a record but its id. */
export type Fields<R> = { readonly [Name in Exclude<keyof R, 'id'>]-?: string };

/** Names of the fields in the data model; those that end in `_at` hold dates and times. */
export const RUN_FIELDS: Fields<RunRecord> = {
  status: 'status',
  version: 'version',
  runId: 'run_id',
  action: 'action',
  reason: 'reason',
  requestedBy: 'requested_by',
  parameters: 'parameters',
  startedAtMs: 'started_at',
  finishedAtMs: 'finished_at',
  invocation: 'invocation',
  leaseHolder: 'lease_holder',
  leaseExpiresAtMs: 'lease_expires_at',
  undoneBy: 'undone_by',
  unlockAtMs: 'unlock_at',
  unlockRunId: 'unlock_run_id',
  canary: 'canary',
  batchUnlock: 'batch_unlock',
  stopRequested: 'stop_requested',
  batchesDeletedAtMs: 'batches_deleted_at',
  message: 'message',
  report: 'report',
  selected: 'selected',
  protected: 'protected',
  excluded: 'excluded',
  alreadyLocked: 'already_locked',
  alreadyUnlocked: 'already_unlocked',
  alreadySignedOut: 'already_signed_out',
  notEnrolled: 'not_enrolled',
  lockedAgain: 'locked_again',
  notShown: 'not_shown',
  planned: 'planned',
  locked: 'locked',
  unlocked: 'unlocked',
  reauthenticated: 'reauthenticated',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  notAttempted: 'not_attempted'
};

/** The same for the batches of a run. */
export const BATCH_FIELDS: Fields<BatchRecord> = {
  runRecordId: 'lock_run_id',
  runId: 'run_id',
  action: 'action',
  number: 'number',
  state: 'state',
  sentAtMs: 'sent_at',
  answeredAtMs: 'answered_at',
  userIds: 'user_ids',
  done: 'done',
  notDone: 'not_done'
};

/** Set by people alone. The client sends what was assigned (observed), so that what they set meanwhile stays. */
export const NEVER_WRITTEN: readonly string[] = [RUN_FIELDS.stopRequested];

/** Fields without which an undo or the lease would rest on less than the truth. The others are for people to read. */
export const NEEDED_FIELDS: readonly string[] = [
  ...(['status', 'runId', 'parameters', 'startedAtMs', 'leaseHolder', 'leaseExpiresAtMs'] as const).map(
    (name) => `lock_run.${RUN_FIELDS[name]}`
  ),
  ...(['runRecordId', 'action', 'state', 'sentAtMs', 'userIds', 'notDone'] as const).map(
    (name) => `lock_run_batch.${BATCH_FIELDS[name]}`
  )
];

/** Written by the run first, and changed by people: they empty it so that nobody is let in by itself. What they left is not written over. */
export const SET_BY_PEOPLE = ['unlockAtMs'] as const;
