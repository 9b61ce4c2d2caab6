import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

test('a run that waits for a look when its users are to be let in ends then', async () => {
  const platform = new FakePlatform(userIds(6));
  platform.records = new MemoryRecordStore();
  const { clock } = platform;
  clock.now = 0;
  // Answered with success, and shown by nothing.
  platform.answerBatch = (operations) => ({ operations: operations.map(() => ({ success: true })) });
  const sleep = clock.sleep.bind(clock);
  let sleeps = 0;
  clock.sleep = (ms, signal) => {
    if (++sleeps > 500) throw new Error(`It spins at ${clock.now} ms.`);
    return sleep(ms, signal);
  };

  const report = await runOnFake(platform, { unlockAt: '1970-01-01T00:00:12Z', canary: 0 });

  expect(report.stopReason?.code).toBe('UNLOCK_DUE');
  expect(clock.sleeps.filter((ms) => ms === 0)).toHaveLength(0);
  expect(clock.now).toBeLessThanOrEqual(12_000);
});
