import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import type { BatchRecord } from './RunRecord';

/** Batch records read with one request at most: about 1 MB. Ours. */
export const MAX_RECORDS_PER_READ = 20;

/**
 * Reads batches page by page and hands each to `take` once, in order, until there are no more or `isEnough` says so.
 *
 * A page may be shorter than asked for. An empty one is asked for twice before it counts as the end.
 *
 * @throws LockUsersError `RECORD_FAILED` where full pages show the same batches again, so that not all can be seen
 */
export async function readBatches(
  readPage: (limit: number, skip: number) => Promise<readonly BatchRecord[]>,
  limit: number,
  take: (batch: BatchRecord) => void,
  isEnough: () => boolean = () => false
): Promise<void> {
  const seen = new Set<string>();
  for (let skip = 0; !isEnough();) {
    const from = skip;
    const page = await askAgainIfEmpty(() => readPage(limit, from));
    const fresh = page.filter(({ id }) => !seen.has(id));
    if (fresh.length === 0) {
      if (page.length < limit) return;
      throw new LockUsersError({
        code: 'RECORD_FAILED',
        message: 'The database shows the same records of the model lock_run_batch again, so that not all can be seen.',
        nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy
      });
    }
    for (const batch of fresh) {
      seen.add(batch.id);
      take(batch);
    }
    skip += page.length;
  }
}
