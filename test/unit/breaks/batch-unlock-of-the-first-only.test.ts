import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;

test('where a batch of unlocks is answered with success and carried out for its first user only, an undo lets the others in', async () => {
  const platform = new FakePlatform(userIds(8));
  platform.records = new MemoryRecordStore();
  platform.answerUnlockBatch = (ids) => {
    ids.slice(0, 1).forEach((id) => platform.locked.delete(id));
    return { operations: ids.map(() => ({ success: true })) };
  };
  await runOnFake(platform, { runId: 'evening' });
  platform.clock.now += 10 * MINUTE_MS;
  const log = new RecordingLog();

  await runOnFake(platform, { runId: 'undo', undo: 'evening' }, { batchUnlock: 'try' }, log);
  platform.clock.now += 10 * MINUTE_MS;
  const again = await runOnFake(platform, { runId: 'again', undo: 'evening' }, { batchUnlock: 'off' }, log);

  expect(again).toMatchObject({ counts: { lockedAgain: 0 } });
  expect([...platform.locked]).toEqual([]);
});
