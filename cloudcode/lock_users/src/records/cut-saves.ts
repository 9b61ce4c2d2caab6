import type { BatchRecord } from './RunRecord';

/**
 * Characters of ids and outcomes that are saved with one request at most. Ours: a character takes three bytes at most, so they stay
 * below 1 MB, which is below any limit on a request that is known.
 */
const MAX_SAVE_CHARACTERS = 300_000;

/** Batch records that are saved with one request at most, however small they are. Ours. */
const MAX_RECORDS_PER_SAVE = 20;

/** How many of the records, from the first on, go into one request: one at least. */
export function countFitting(records: readonly (BatchRecord | undefined)[]): number {
  let characters = 0;
  let count = 0;
  for (const record of records.slice(0, MAX_RECORDS_PER_SAVE)) {
    characters += (record?.userIds?.length ?? 0) + (record?.notDone?.length ?? 0);
    if (count > 0 && characters > MAX_SAVE_CHARACTERS) return count;
    count++;
  }
  return count;
}
