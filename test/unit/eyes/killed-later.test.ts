import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { cutAfter } from '../../support/cut-after';
import { userIds } from '../../support/user-id';

test('D2: an invocation that was killed is carried out by its second delivery, where the last save of the one before it came late', async () => {
  const platform = new FakePlatform(userIds(60));
  const records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `id-${++runs}`;
  cutAfter(platform, 10);
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
  const next = platform.scheduled.shift();
  // As D shows it, with invocation 2 killed: it had emptied the time of the end, and the late save of invocation 1 has written it again.
  const [one] = records.runs.values();
  Object.assign(one!, { status: 'running', invocation: 2, leaseHolder: 'two', leaseExpiresAtMs: platform.clock.now + 330_000, finishedAtMs: platform.clock.now });
  platform.clock.now += 600_000;

  const report = await runOnFake(platform, next?.parameters);

  expect(report.stopReason?.message ?? '').not.toContain('it had ended');
  expect(platform.locked.size).toBe(60);
});
