import { MAX_RECORDS_PER_READ } from '../platform-facts';
import { LockHistory } from './LockHistory';
import type { ErrorDetails } from '../errors';
import { holdsLease } from './RunRecord';
import type { RunRecord } from './RunRecord';
import { describeUnderWay } from './begin-run';
import type { RecordStore } from '../ports';
import type { RequestSender } from '../requests/RequestSender';

/** What reading a trail needs. */
export interface TrailJob {
  readonly sender: RequestSender;
  readonly records: RecordStore;
  /** The time on the clock. */
  readonly nowMs: number;
  /** By how much the backend's clock is ahead of it. */
  readonly clockAheadMs: number;
}

const BY_NAME = 'To unlock users, name them: {"action": "unlock", "userIds": ["…"]}, or select them with "where".';

/**
 * Reads whom a run locked, and what later runs did, out of the records; or why the run cannot be undone.
 *
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function loadLockHistory(
  { sender, records, nowMs, clockAheadMs }: TrailJob,
  runId: string
): Promise<{ readonly trail: LockHistory; readonly run: RunRecord } | { readonly refusal: ErrorDetails }> {
  const [run] = await sender.read('record', (timeoutMs) => records.findRuns({ runId }, timeoutMs));
  if (run === undefined) return { refusal: describeUnknown(runId) };
  if (holdsLease(run, nowMs)) return { refusal: describeUnderWay(run, nowMs) };
  const otherAction = describeOtherAction(run);
  if (otherAction !== undefined) return { refusal: describeUnfit(runId, otherAction) };

  const trail = new LockHistory(runId, run.id, clockAheadMs);
  const wanted = { runRecordId: run.id, sinceMs: run.startedAtMs ?? nowMs };
  for (let skip = 0; ;) {
    const batches = await sender.read('record', (timeoutMs) =>
      records.readBatches(wanted, MAX_RECORDS_PER_READ, skip, timeoutMs)
    );
    if (batches.length === 0) break;
    for (const batch of batches) trail.add(batch);
    skip += batches.length;
  }
  // What it wrote down counts for more than its status: an invocation that was refused may have followed one that locked.
  const why = trail.userIds().length > 0 ? undefined : describeStatus(run);
  return why === undefined ? { trail, run } : { refusal: describeUnfit(runId, why) };
}

/** Why a run cannot be undone where the app keeps no records. */
export function describeNoRecords(runId: string): ErrorDetails {
  return {
    code: 'NO_RECORD',
    message: `Run ${runId} cannot be undone: the data model has no models lock_run and lock_run_batch, so nothing says whom it locked.`,
    nextStep: BY_NAME
  };
}

function describeUnknown(runId: string): ErrorDetails {
  return {
    code: 'NO_RECORD',
    message: `There is no record of a run ${runId}, so nothing says whom it locked.`,
    nextStep: BY_NAME
  };
}

function describeUnfit(runId: string, [why, nextStep]: readonly [string, string]): ErrorDetails {
  return { code: 'NOT_UNDOABLE', message: `Run ${runId} cannot be undone: ${why}.`, nextStep };
}

const NOTHING_TO_DO = 'Nothing is to be done.';

/** Why a run that never locks anybody cannot be undone, and what to do instead. */
function describeOtherAction({ action, status }: RunRecord): readonly [string, string] | undefined {
  if (action === 'lock' || action === null || status === 'planned') return undefined;
  return action === 'unlock'
    ? ['it unlocked users', 'To lock users, name them: {"userIds": ["…"]}, or select them with "where".']
    : ['it signed users out and locked nobody', 'They come back by signing in.'];
}

function describeStatus({ status }: RunRecord): readonly [string, string] | undefined {
  switch (status) {
    case 'planned':
      return ['it was a dry run and changed nobody', NOTHING_TO_DO];
    case 'refused':
      return ['it was refused and locked nobody', NOTHING_TO_DO];
    case 'requested':
    case null:
      return ['it has not begun', 'Wait until it has been carried out.'];
    default:
      return undefined;
  }
}
