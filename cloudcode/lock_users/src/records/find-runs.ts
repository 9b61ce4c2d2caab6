import type { RecordStore, RunQuery } from '../ports';
import type { RunContext } from '../run/RunContext';
import type { RunRecord } from './RunRecord';

/**
 * The records of runs that are expected to be there. Where none is shown it looks once more: the platform's client takes some
 * errors for an empty list (observed).
 *
 * @throws LockUsersError `RECORD_FAILED` where they cannot be read
 */
export async function findRuns(
  { sender }: Pick<RunContext, 'sender'>,
  records: RecordStore,
  query: RunQuery
): Promise<readonly RunRecord[]> {
  const look = (): Promise<readonly RunRecord[]> =>
    sender.read('record', (timeoutMs) => records.findRuns(query, timeoutMs));
  const found = await look();
  return found.length > 0 ? found : look();
}
