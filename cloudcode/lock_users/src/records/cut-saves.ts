import type { BatchRecord } from './RunRecord';

/** Bytes of batch records that are saved with one request at most. Ours: far below any limit on a request that is known. */
const MAX_SAVE_BYTES = 500_000;

/** Batch records that are saved with one request at most, however small they are. Ours. */
const MAX_RECORDS_PER_SAVE = 20;

/** How many of the records, from the first on, go into one request: one at least. */
export function countFitting(records: readonly (BatchRecord | undefined)[]): number {
  let bytes = 0;
  let count = 0;
  for (const record of records.slice(0, MAX_RECORDS_PER_SAVE)) {
    bytes += countBytes(record?.userIds ?? '') + countBytes(record?.notDone ?? '');
    if (count > 0 && bytes > MAX_SAVE_BYTES) return count;
    count++;
  }
  return count;
}

/** Bytes of a text as JSON in UTF-8, estimated upwards: its quotes are escaped, and other letters take three bytes. */
function countBytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) bytes += 2;
    else if (code === 34 || code === 92) bytes += 1;
  }
  return bytes;
}
