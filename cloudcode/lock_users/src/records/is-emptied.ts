import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import type { RunRecord } from './RunRecord';

/**
 * Whether a run had sent what it was to send before a first save of its record came late and emptied when it began and ended: its batches
 * all have their outcomes. One that was killed on the way has a batch without, in most cases, and is to be carried out again.
 *
 * @throws LockUsersError `RECORD_FAILED` where the batches cannot be read
 */
export async function isEmptied(
  { sender, invocation }: RunContext,
  records: RecordStore,
  { id, status, startedAtMs }: RunRecord
): Promise<boolean> {
  // A later invocation was ordered by the one before, whatever the record says.
  if (invocation > 1 || startedAtMs !== null || (status !== 'starting' && status !== 'interrupted')) return false;
  let answered = 0;
  let isOneOpen = false;
  await readBatches(
    (limit, skip) =>
      sender.read('record', (timeoutMs) => records.readBatches({ runRecordId: id }, limit, skip, timeoutMs)),
    MAX_RECORDS_PER_READ,
    ({ runRecordId, state }) => {
      if (runRecordId !== id) return;
      if (state === 'answered') answered++;
      else isOneOpen = true;
    },
    () => isOneOpen
  );
  return answered > 0 && !isOneOpen;
}
