import { recordFailed } from '../../../cloudcode/lock_users/src/platform/record-failed';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
/** What the request that got no answer was to save. It is carried out with the save after the outcome's. */
let given: BatchRecord | undefined;

beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
  given = undefined;
  records.onSave = (saved) => {
    const batches = saved.filter((record): record is BatchRecord => 'runRecordId' in record);
    if (given === undefined && batches.length > 0) {
      given = batches[0];
      throw recordFailed('written', 'no answer within 30 s', { network: 'timeout' });
    }
    const [first] = records.batches.values();
    if (given !== undefined && first?.state === 'answered' && batches.some(({ id }) => id !== first.id)) {
      records.batches.set(given.id, given);
    }
  };
});

test('a batch whose announcement is written late over its outcome has its outcome at the end, and an undo knows whom it could not lock', async () => {
  const refused = userId(1);
  platform.answerBatch = (operations) => ({
    operations: operations.map(({ user_id: id }) => {
      if (id === refused) return { success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } };
      platform.locked.add(id);
      return { success: true };
    })
  });
  const report = await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
  expect(report).toMatchObject({ status: 'partial', counts: { locked: 5, failed: 1 } });

  const [late] = records.batches.values();
  expect(late).toMatchObject({ id: given?.id, state: 'answered', done: 1, notDone: expect.stringContaining(refused) });
  platform.locked.add(refused);
  await runOnFake(platform, { undo: 'evening' });
  expect([...platform.locked]).toEqual([refused]);
});
