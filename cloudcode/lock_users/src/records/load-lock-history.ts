import { LockUsersError } from '../errors';
import type { ErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { runUnderWay } from '../reasons/run-reasons';
import { countUsers } from '../reasons/stop-reason';
import { batchesDeleted, lockedNobody, otherAction, unknownRun } from '../reasons/undo-reasons';
import { findRuns } from './find-runs';
import { LockHistory } from './LockHistory';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import { holdsLease, readParameters } from './RunRecord';
import type { BatchRecord, RunRecord } from './RunRecord';

/** Milliseconds by which a clock may have been set back between a run and its undos. Ours: an hour of summer time, and a wrong day. */
const MAX_SET_BACK_MS = 86_400_000;

/**
 * Reads from the records which users a run locked, and what later runs did; or says why the run cannot be undone.
 *
 * @param clockAheadMs by how much the backend's clock is ahead of ours
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function loadLockHistory(
  context: RunContext,
  records: RecordStore,
  runId: string,
  clockAheadMs: number
): Promise<{ readonly history: LockHistory; readonly record: RunRecord } | { readonly refusal: ErrorDetails }> {
  const { sender, ports } = context;
  const nowMs = ports.clock.nowMs();
  const found = await findRuns(context, records, { runId });
  // A run may have two records: an invocation that was not shown the first has made another.
  const ordered = [...found].sort((one, other) => (one.startedAtMs ?? 0) - (other.startedAtMs ?? 0));
  const [record] = ordered;
  if (record === undefined) return { refusal: unknownRun(runId) };
  const active = found.find((run) => holdsLease(run, nowMs));
  if (active !== undefined) return { refusal: runUnderWay(active, nowMs) };
  const wrongAction = otherAction(runId, record);
  if (wrongAction !== undefined) return { refusal: wrongAction };

  const deleted = found.find(({ batchesDeletedAtMs }) => batchesDeletedAtMs !== null);
  if (deleted !== undefined) return { refusal: batchesDeleted(runId, deleted.undoneBy) };
  const ids = new Set(found.map(({ id }) => id));
  const sinceMs = ordered.find(({ startedAtMs }) => startedAtMs !== null)?.startedAtMs ?? nowMs;
  const undos = await findUndos(context, records, runId, record);
  const history = new LockHistory(runId, record.id, clockAheadMs, new Set(undos.map(({ id }) => id)));
  // What came before the run by its times is not among the batches of later runs.
  const early = undos.filter(
    (undo) => Math.min(undo.startedAtMs ?? 0, undo.runId === context.runId ? nowMs : (undo.finishedAtMs ?? 0)) < sinceMs
  );
  let firstSentMs = Infinity;
  const take = (batch: BatchRecord): void => {
    const isOwn = ids.has(batch.runRecordId);
    if (isOwn) firstSentMs = Math.min(firstSentMs, batch.sentAtMs ?? 0);
    history.add(isOwn ? { ...batch, runRecordId: record.id } : batch);
  };
  const read = (wanted: { readonly runRecordId: string; readonly sinceMs?: number }): Promise<void> =>
    readBatches(
      (limit, skip) => sender.read('record', (timeoutMs) => records.readBatches(wanted, limit, skip, timeoutMs)),
      MAX_RECORDS_PER_READ,
      take
    );
  for (const wanted of [{ runRecordId: record.id, sinceMs }, ...early.map(({ id }) => ({ runRecordId: id }))]) {
    await read(wanted);
  }
  // A first save of the record that came late has emptied when the run began, and a second delivery may have filled it anew.
  if (firstSentMs < sinceMs) await read({ runRecordId: record.id, sinceMs: firstSentMs });
  checkComplete(history, record);
  // What it wrote down counts for more than its status: an invocation that was refused may have followed one that locked.
  const refusal = history.userIds().length > 0 ? undefined : lockedNobody(runId, record);
  return refusal === undefined ? { history, record } : { refusal };
}

/** The records of the undos of a run that may have let somebody in. The run is marked with the last one alone. */
async function findUndos(
  context: RunContext,
  records: RecordStore,
  runId: string,
  { id, startedAtMs, undoneBy, ...record }: RunRecord
): Promise<readonly RunRecord[]> {
  if (undoneBy === null) return [];
  const startedSinceMs = (startedAtMs ?? 0) - MAX_SET_BACK_MS;
  const recent = await findRuns(context, records, { startedSinceMs });
  const names: readonly unknown[] = [runId, record.runId, id];
  const undos = recent.filter((run) => run.action === 'unlock' && names.includes(readParameters(run)['undo']));
  // An older copy of the models may lack the parameters.
  const marked = await findRuns(context, records, { runId: undoneBy });
  return [...undos, ...marked.filter((run) => !undos.some((undo) => undo.id === run.id))];
}

/**
 * An undo that knows a part of the users only would leave the others locked and say that it is done.
 *
 * @throws LockUsersError `RECORD_FAILED` where the batches name fewer users than the run has locked by its record
 */
export function checkComplete({ runId, countNamed: named }: LockHistory, record: RunRecord): void {
  const locked = record.locked ?? 0;
  if (named >= locked) return;
  throw new LockUsersError({
    code: 'RECORD_FAILED',
    message: `Run ${runId} locked ${countUsers(locked)} by its record, and the records of the model lock_run_batch that the database shows name ${named}.`,
    nextStep: 'Run the task again. If it fails again, unlock the users by name: {"action": "unlock", "userIds": ["…"]}.'
  });
}
