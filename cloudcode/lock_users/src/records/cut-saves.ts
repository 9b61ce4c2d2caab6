import { countBytes } from '../outside-text';
import type { BatchRecord } from './RunRecord';

/** Bytes of ids and outcomes that are saved with one request at most. Ours: far below any limit on a request that is known. */
const MAX_SAVE_BYTES = 500_000;

/** Batch records that are saved with one request at most, however small they are. Ours. */
const MAX_RECORDS_PER_SAVE = 20;

/** How many of the records, from the first on, go into one request: one at least. */
export function countFitting(records: readonly (BatchRecord | undefined)[]): number {
  let bytes = 0;
  let count = 0;
  for (const record of records.slice(0, MAX_RECORDS_PER_SAVE)) {
    // Ids have a byte for each character, as good as always, and there are many of them.
    bytes += (record?.userIds?.length ?? 0) + countBytes(record?.notDone ?? '');
    if (count > 0 && bytes > MAX_SAVE_BYTES) return count;
    count++;
  }
  return count;
}
