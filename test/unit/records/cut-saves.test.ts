import { countFitting } from '../../../cloudcode/lock_users/src/records/cut-saves';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';

const store = new MemoryRecordStore();
const record = (userIds: number, notDone = 0): BatchRecord =>
  Object.assign(store.newBatch('run'), { userIds: 'x'.repeat(userIds), notDone: '語'.repeat(notDone) });

test.each<[string, (BatchRecord | undefined)[], number]>([
  ['none', [], 0],
  ['as many as there are', [record(39_000), record(39_000)], 2],
  ['up to 500 000 bytes of ids', Array.from({ length: 20 }, () => record(39_000)), 12],
  ['up to 500 000 bytes of outcomes', Array.from({ length: 20 }, () => record(10_000, 30_000)), 5],
  ['one at least, however large', [record(100_000, 1_000_000), record(1)], 1],
  ['20 at most, however small', Array.from({ length: 30 }, () => record(1)), 20],
  ['those that were forgotten, too', [undefined, record(1), undefined], 3]
])('into one save go %s', (_what, records, count) => {
  expect(countFitting(records)).toBe(count);
});
