import type { ErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { lockedNobodyLately, nobodyToLookAt, unknownRunToLookAt, usersNotKept } from '../reasons/undo-reasons';
import { findRuns } from './find-runs';
import { checkComplete } from './load-lock-history';
import { LockHistory } from './LockHistory';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import type { RunRecord } from './RunRecord';

/** Days in which the last lock run is looked for. Ours: a weekend and more. */
const LAST_RUN_DAYS = 7;

const DAY_MS = 86_400_000;

/**
 * Whom a run locked or may have locked, by its record; or why there is nobody. The run may be under way or undone.
 *
 * @param run its id, or `last`: the one that began last, of those of the last seven days that have locked somebody or may have
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function loadRunUsers(
  context: RunContext,
  records: RecordStore,
  run: string
): Promise<{ readonly runId: string; readonly userIds: readonly string[] } | { readonly refusal: ErrorDetails }> {
  const { sender } = context;
  const found = run === 'last' ? await findLastRun(context, records) : await findRuns(context, records, { runId: run });
  // A run may have two records: an invocation that was not shown the first has made another.
  const [record] = [...found].sort((one, other) => (one.startedAtMs ?? 0) - (other.startedAtMs ?? 0));
  if (record === undefined)
    return { refusal: run === 'last' ? lockedNobodyLately(LAST_RUN_DAYS) : unknownRunToLookAt(run) };
  const runId = record.runId ?? record.id;
  if (record.action !== null && record.action !== 'lock') return { refusal: nobodyToLookAt(runId) };
  if (found.some(({ batchesDeletedAtMs }) => batchesDeletedAtMs !== null)) return { refusal: usersNotKept(runId) };
  // Which of its users somebody else has locked again is not asked, so nothing is compared with a clock.
  const history = new LockHistory(runId, record.id, 0);
  for (const { id: runRecordId } of found) {
    await readBatches(
      (limit, skip) =>
        sender.read('record', (timeoutMs) => records.readBatches({ runRecordId }, limit, skip, timeoutMs)),
      MAX_RECORDS_PER_READ,
      (batch) => history.add({ ...batch, runRecordId: record.id })
    );
  }
  checkComplete(history, record);
  const userIds = history.userIds();
  return userIds.length > 0 ? { runId, userIds } : { refusal: nobodyToLookAt(runId) };
}

/** The records of the run that began last. */
async function findLastRun(context: RunContext, records: RecordStore): Promise<readonly RunRecord[]> {
  const startedSinceMs = context.ports.clock.nowMs() - LAST_RUN_DAYS * DAY_MS;
  const runs = (await findRuns(context, records, { startedSinceMs })).filter(hasLocked);
  const [last] = [...runs].sort((one, other) => (other.startedAtMs ?? 0) - (one.startedAtMs ?? 0));
  return runs.filter(({ id, runId }) => id === last?.id || (runId !== null && runId === last?.runId));
}

/** Whether a run has locked somebody, or may have: one that was killed does not say. */
function hasLocked({ action, locked, unconfirmed }: RunRecord): boolean {
  if (action !== null && action !== 'lock') return false;
  return locked === null || locked === undefined || locked + (unconfirmed ?? 0) > 0;
}
