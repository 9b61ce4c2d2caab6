import { toErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import type { RunContext } from '../run/RunContext';
import { MAX_RECORDS_PER_READ } from './read-batches';
import { hasEnded } from './RunRecord';
import type { BatchRecord, RunRecord } from './RunRecord';

/** Runs whose batches are deleted at the end of one run. Ours: more than there are between two runs, and few requests. */
const MAX_RUNS = 10;

const DAY_MS = 86_400_000;

/**
 * Deletes the batches of runs that ended longer ago than `LOCK_USERS_KEEP_DAYS`, in the time that the invocation has left, the oldest
 * first. A lock keeps its batches unless it was undone completely, and so do all runs after it, because an undo of it asks them whom
 * others have let in. The record of each run stays, and says when its batches were deleted. The log says so if something was deleted,
 * or could not be. Never throws.
 */
export async function deleteOldBatches(context: RunContext, records: RecordStore): Promise<void> {
  const { sender, ports, settings, dryRun } = context;
  const { keepDays = 0 } = settings;
  const lacksMark = records.listMissingFields().some(({ name }) => name === 'lock_run.batches_deleted_at');
  // Where the run has stopped, nothing leaves any more.
  if (keepDays === 0 || dryRun || lacksMark || sender.stop !== undefined) return;
  const beforeMs = ports.clock.nowMs() - keepDays * DAY_MS;
  let count = 0;
  try {
    const found = await read(context, (timeoutMs) => records.findWithBatches(beforeMs, MAX_RUNS, timeoutMs));
    for (const run of found) {
      if (!isOld(run, beforeMs)) continue;
      const deleted = await deleteBatchesOf(context, records, run);
      if (deleted === undefined) break;
      count += deleted;
    }
  } catch (error) {
    // The next run goes on with it.
    if (toErrorDetails(error).code !== 'TIME_BUDGET') {
      ports.log.line(`Old batches could not be deleted; the next run tries again. ${toErrorDetails(error).message}`);
    }
  }
  if (count > 0) ports.log.line(`Deleted ${count} ${count === 1 ? 'batch' : 'batches'} older than ${keepDays} days.`);
}

function read<T>({ sender }: RunContext, attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
  return sender.read('record', attempt, { isEssential: false });
}

/** A database that ignores a part of the query returns other runs as well. */
function isOld(run: RunRecord, beforeMs: number): boolean {
  const { finishedAtMs, batchesDeletedAtMs } = run;
  return hasEnded(run) && finishedAtMs !== null && finishedAtMs < beforeMs && batchesDeletedAtMs === null;
}

/** Whether nobody needs the batches of a run any more to let users back in. */
async function mayLose(context: RunContext, records: RecordStore, { action, undoneBy }: RunRecord): Promise<boolean> {
  if (action === 'unlock' || action === 'reauthenticate') return true;
  if (undoneBy === null) return false;
  const undos = await read(context, (timeoutMs) => records.findRuns({ runId: undoneBy }, timeoutMs));
  // Whom an undo has excluded another one may let in.
  return undos.some(({ status, excluded }) => status === 'done' && (excluded ?? 0) === 0);
}

/**
 * Deletes the batches of a run, and notes in its record that it has none any more.
 *
 * @returns how many there were; undefined where the run has batches that somebody may need
 */
async function deleteBatchesOf(context: RunContext, records: RecordStore, run: RunRecord): Promise<number | undefined> {
  const areFree = await mayLose(context, records, run);
  // One tells whether there are any.
  const limit = areFree ? MAX_RECORDS_PER_READ : 1;
  const readPage = (): Promise<readonly BatchRecord[]> =>
    read(context, (timeoutMs) => records.readBatches({ runRecordId: run.id }, limit, 0, timeoutMs));
  const deleted = new Set<string>();
  for (;;) {
    const page = await askAgainIfEmpty(readPage);
    if (page.length === 0) break;
    if (!areFree) return undefined;
    const own = page.filter((batch) => isToDelete(batch, run, deleted));
    // A list that shows what is deleted lags; the next run looks again.
    if (own.length === 0) return deleted.size;
    await read(context, (timeoutMs) => records.deleteBatches(own, timeoutMs));
    for (const { id } of own) deleted.add(id);
  }
  run.batchesDeletedAtMs = context.ports.clock.nowMs();
  await read(context, (timeoutMs) => records.save([run], timeoutMs));
  return deleted.size;
}

function isToDelete({ id, runRecordId }: BatchRecord, run: RunRecord, deleted: ReadonlySet<string>): boolean {
  return runRecordId === run.id && !deleted.has(id);
}
