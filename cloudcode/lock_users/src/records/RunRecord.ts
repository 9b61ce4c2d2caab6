import isPlainObject = require('lodash/isPlainObject');
import type { ActionName } from '../actions/ActionLabels';
import { LockUsersError } from '../errors';
import type { Counts, Report, RunStatus } from '../report/Report';
import { MAX_WAIT_MS } from '../requests/retry-rules';
import type { CanaryResult } from '../users/Canary';
import type { Reason } from '../users/UserState';

/**
 * Where a recorded run stands. `requested`: somebody created the record and wants it run. `starting`: an invocation asks
 * for the lease. `running`: an invocation holds it. `continues`: the next invocation is scheduled. `interrupted`: its process
 * ended without reporting, and its lease with it. The others are how runs end.
 */
export type RecordStatus = 'requested' | 'starting' | 'running' | 'interrupted' | Exclude<RunStatus, 'queued'>;

/** Statuses of a run that may hold the lease. */
export const UNDER_WAY: readonly RecordStatus[] = ['starting', 'running', 'continues'];

/** What the app's own database says of a run: an object of the model `lock_run`. Null: nothing yet. */
export interface RunRecord extends Partial<Record<keyof Counts, number | null>> {
  /** The object's id. */
  readonly id: string;
  status: RecordStatus | null;
  /** The version of the task that wrote this last. */
  version: string | null;
  /** The report's `runId`; for a requested run the object's id. */
  runId: string | null;
  action: string | null;
  reason: string | null;
  requestedBy: string | null;
  /** The parameters as JSON. */
  parameters: string | null;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  /** Which invocation of the run wrote this last, from 1. */
  invocation: number | null;
  /** The invocation that holds the lease. */
  leaseHolder: string | null;
  /** Until when no other run may begin, on the clock. */
  leaseExpiresAtMs: number | null;
  /** The run that has undone this one; invocations of this one that come late do nothing. */
  undoneBy: string | null;
  /** With `unlockAt`: when its users are to be let back in. Who takes it out of the record calls the undo off. */
  unlockAtMs: number | null;
  /** The undo that the run has ordered for then. */
  unlockRunId: string | null;
  /** What the users that were sent first have shown; null where nobody was, or not yet. */
  canary?: CanaryResult | null;
  /** What the run has found out about unlocking in batches; anything else than a `BatchUnlockFinding` says nothing. */
  batchUnlock: string | null;
  /** Whether somebody has asked the run to stop. A run reads it and never writes it. */
  readonly stopRequested: boolean | null;
  /** When the run's batches were deleted, because they were old. */
  batchesDeletedAtMs: number | null;
  /** What a person should know. */
  message: string | null;
  /** The last invocation's report as JSON; it names at most 20 failures, the batches have all. */
  report: string | null;
}

/** Statuses of a run that is not carried out any more. */
const ENDED: readonly RecordStatus[] = ['planned', 'done', 'partial', 'refused', 'stopped', 'stalled', 'failed'];

/** Some users of a run that are sent together: an object of the model `lock_run_batch`. */
export interface BatchRecord {
  readonly id: string;
  /** Id of the run's object. */
  readonly runRecordId: string;
  /** The run's id, as its report has it. */
  runId: string | null;
  /** What is done with the users; null in records of versions that could only lock. */
  action: ActionName | null;
  /** Order in which the batches of an invocation were made, from 1. */
  number: number | null;
  /** `sent`: about to be sent, or sent, and nothing is known yet. `answered`: the outcomes are known. */
  state: 'sent' | 'answered' | null;
  /** When it was written down that they are about to be sent. */
  sentAtMs: number | null;
  /** When their outcomes were known. Null while `sent`. */
  answeredAtMs: number | null;
  /** The users' ids as a JSON list. */
  userIds: string | null;
  /** How many of them are in the goal state. Null while `sent`. */
  done: number | null;
  /** The others and what became of them, as a JSON list. Null while `sent`. */
  notDone: string | null;
}

/** A user of a batch who is not known to be in the goal state. */
export interface NotDone extends Partial<Reason> {
  readonly userId: string;
  /** `already`: somebody else has brought the user to the goal state. */
  readonly outcome: 'failed' | 'unconfirmed' | 'not_attempted' | 'already';
}

/** Whether a run is over, so that no invocation of it does anything any more. */
export function hasEnded({ status }: Pick<RunRecord, 'status'>): boolean {
  return status !== null && ENDED.includes(status);
}

/**
 * Whether the run had ended when a save that got no answer was carried out after all, and wrote an older status over its own. Whoever
 * carries a run on empties `finishedAtMs`; a late save of the invocation before may fill it again, which is no end of the run.
 */
export function isReopened(run: RunRecord): boolean {
  const { status, finishedAtMs, invocation, leaseExpiresAtMs } = run;
  if (finishedAtMs === null || status === null || !(UNDER_WAY.includes(status) || status === 'interrupted'))
    return false;
  const last = readLastReport(run);
  if (last === undefined || invocation === null) return true;
  if (last.invocation < invocation) return false;
  // The invocation has handed over: an end before that is that of an earlier one, and an end since then that of a later one.
  return last.status !== 'continues' || finishedAtMs >= (leaseExpiresAtMs ?? 0) - HAND_OVER_LEASE_MS;
}

/** Which invocation the report in the record is about, and how that ended; undefined where the record does not say it. */
export function readLastReport({ report }: RunRecord): Pick<Report, 'status' | 'invocation'> | undefined {
  try {
    const value = JSON.parse(report ?? '') as Partial<Report> | null;
    if (typeof value?.status !== 'string' || typeof value.invocation !== 'number') return undefined;
    return { status: value.status, invocation: value.invocation };
  } catch {
    return undefined;
  }
}

/** The parameters of the run; none where its record does not hold them. */
export function readParameters({ parameters }: RunRecord): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(parameters ?? '{}');
    return isPlainObject(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Whether somebody has asked the run to stop. */
export function isAskedToStop({ stopRequested }: RunRecord): boolean {
  return stopRequested === true;
}

/** Whether another invocation of a run may do something still: it may be ordered although the run ended for want of time. */
export function mayGoOn(run: RunRecord): boolean {
  return !hasEnded(run) || run.status === 'partial' || run.status === 'failed';
}

/** Milliseconds that a run keeps its lease for its next invocation, beyond the time for which that one is scheduled. Ours. */
export const HAND_OVER_LEASE_MS = 600_000;

/** Milliseconds that the clocks of two machines may differ by, or that one is set back by. Ours. */
const CLOCK_TOLERANCE_MS = 300_000;

/** Milliseconds after which every lease that this task writes has expired. One that is further ahead was not written in earnest. */
const MAX_LEASE_MS = MAX_WAIT_MS + HAND_OVER_LEASE_MS + CLOCK_TOLERANCE_MS;

/**
 * Whether a run holds the lease at that moment. A lease further ahead than any run may need is none, nor is that of a run that has
 * ended, or whose next invocation will do nothing but end it.
 */
export function holdsLease(run: RunRecord, nowMs: number): boolean {
  const { status, leaseExpiresAtMs } = run;
  if (isReopened(run) || (status === 'continues' && isAskedToStop(run))) return false;
  const leftMs = (leaseExpiresAtMs ?? 0) - nowMs;
  return status !== null && UNDER_WAY.includes(status) && leftMs > 0 && leftMs <= MAX_LEASE_MS;
}

/** Ids of the users of a batch. @throws LockUsersError `RECORD_FAILED` where the record does not hold them */
export function parseUserIds(batch: BatchRecord): string[] {
  return parseList(batch, batch.userIds, (value): value is string => typeof value === 'string');
}

/** The users of a batch who are not in the goal state. @throws LockUsersError `RECORD_FAILED` */
export function parseNotDone(batch: BatchRecord): NotDone[] {
  return batch.notDone === null ? [] : parseList(batch, batch.notDone, isNotDone);
}

function isNotDone(value: unknown): value is NotDone {
  if (!isPlainObject(value)) return false;
  const { userId, outcome } = value as Partial<Record<keyof NotDone, unknown>>;
  return typeof userId === 'string' && typeof outcome === 'string';
}

function parseList<T>(
  { id, runId, runRecordId }: BatchRecord,
  text: string | null,
  isEntry: (value: unknown) => value is T
): T[] {
  try {
    const list: unknown = JSON.parse(text ?? '');
    if (Array.isArray(list) && list.every(isEntry)) return list;
  } catch {
    // Said below.
  }
  throw new LockUsersError({
    code: 'RECORD_FAILED',
    message: `The record ${id} of the model lock_run_batch, of run ${runId ?? runRecordId}, was changed: it no longer says which users it is about.`,
    nextStep: 'Unlock the users by name: {"action": "unlock", "userIds": ["…"]}.'
  });
}
