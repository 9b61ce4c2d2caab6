import type { ErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { lockedNobody, otherAction, runUnderWay, unknownRun } from '../stop-reasons';
import { LockHistory } from './LockHistory';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import { holdsLease } from './RunRecord';
import type { RunRecord } from './RunRecord';

/**
 * Reads from the records which users a run locked, and what later runs did; or says why the run cannot be undone.
 *
 * @param clockAheadMs by how much the backend's clock is ahead of ours
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function loadLockHistory(
  { sender, ports }: RunContext,
  records: RecordStore,
  runId: string,
  clockAheadMs: number
): Promise<{ readonly history: LockHistory; readonly record: RunRecord } | { readonly refusal: ErrorDetails }> {
  const nowMs = ports.clock.nowMs();
  const [record] = await sender.read('record', (timeoutMs) => records.findRuns({ runId }, timeoutMs));
  if (record === undefined) return { refusal: unknownRun(runId) };
  if (holdsLease(record, nowMs)) return { refusal: runUnderWay(record, nowMs) };
  const wrongAction = otherAction(runId, record);
  if (wrongAction !== undefined) return { refusal: wrongAction };

  const history = new LockHistory(runId, record.id, clockAheadMs);
  const wanted = { runRecordId: record.id, sinceMs: record.startedAtMs ?? nowMs };
  await readBatches(
    (limit, skip) => sender.read('record', (timeoutMs) => records.readBatches(wanted, limit, skip, timeoutMs)),
    MAX_RECORDS_PER_READ,
    (batch) => history.add(batch)
  );
  // What it wrote down counts for more than its status: an invocation that was refused may have followed one that locked.
  const refusal = history.userIds().length > 0 ? undefined : lockedNobody(runId, record);
  return refusal === undefined ? { history, record } : { refusal };
}
