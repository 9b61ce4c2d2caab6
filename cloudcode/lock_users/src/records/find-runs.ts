import type { RecordStore, RunQuery } from '../ports';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import type { RunContext } from '../run/RunContext';
import type { RunRecord } from './RunRecord';

/**
 * The records of runs that are expected to be there. Where none is shown it looks once more.
 *
 * @throws LockUsersError `RECORD_FAILED` where they cannot be read
 */
export function findRuns(
  { sender }: Pick<RunContext, 'sender'>,
  records: RecordStore,
  query: RunQuery
): Promise<readonly RunRecord[]> {
  return askAgainIfEmpty(() => sender.read('record', (timeoutMs) => records.findRuns(query, timeoutMs)));
}
