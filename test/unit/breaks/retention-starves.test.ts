import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const DAY_MS = 86_400_000;

test('runs whose batches are kept do not keep retention from the others', async () => {
  const platform = new FakePlatform(userIds(3));
  const records = new MemoryRecordStore();
  platform.records = records;
  platform.clock.now = 1000 * DAY_MS;
  // Each evening everybody but one who left is let in again, and she stays out by the rule.
  const rule = { stayOutWhere: { text: 'left', values: [] }, keepDays: 90 };
  platform.matches.set('left', [userId(2)]);
  for (let day = 1; day <= 12; day++) {
    platform.locked.clear();
    await runOnFake(platform, { runId: `lock-${day}` });
    await runOnFake(platform, { runId: `undo-${day}`, undo: `lock-${day}` }, rule);
    platform.clock.now += DAY_MS;
  }
  platform.clock.now += 200 * DAY_MS;
  for (let day = 1; day <= 12; day++) {
    await runOnFake(platform, { runId: `later-${day}` }, rule);
    platform.clock.now += DAY_MS;
  }

  const left = [...records.batches.values()].filter(({ runId }) => runId?.startsWith('undo-') === true);
  expect(left).toEqual([]);
});
