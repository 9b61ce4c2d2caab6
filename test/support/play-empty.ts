import type { FakePlatform } from './fake-ports';
import type { MemoryRecordStore } from './MemoryRecordStore';

/** A list that a run reads from the app's database. */
export type ReadList = 'users' | 'runs' | 'runs to be undone' | 'batches' | 'old runs';

/** Answers the n-th of the lists that are read from now on empty, as the platform's client does for some errors; none by default. */
export function playEmpty(
  platform: FakePlatform,
  records: MemoryRecordStore,
  nth = Infinity
): { readonly lists: readonly ReadList[] } {
  const lists: ReadList[] = [];
  const isEmpty = (list: ReadList): boolean => lists.push(list) === nth;
  const readUserIds = platform.readUserIds.bind(platform);
  const findRuns = records.findRuns.bind(records);
  const readBatches = records.readBatches.bind(records);
  const findWithBatches = records.findWithBatches.bind(records);
  platform.readUserIds = (selection, limit, skip) =>
    isEmpty('users') ? Promise.resolve({ userIds: [], malformed: 0 }) : readUserIds(selection, limit, skip);
  records.findRuns = (query) =>
    isEmpty('unlockAtFromMs' in query ? 'runs to be undone' : 'runs') ? Promise.resolve([]) : findRuns(query);
  records.readBatches = (wanted, limit, skip) =>
    isEmpty('batches') ? Promise.resolve([]) : readBatches(wanted, limit, skip);
  records.findWithBatches = (beforeMs, limit) =>
    isEmpty('old runs') ? Promise.resolve([]) : findWithBatches(beforeMs, limit);
  return { lists };
}
