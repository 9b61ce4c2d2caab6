import { cutAfter } from '../../support/cut-after';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(60));
  records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `id-${++runs}`;
});

test('E: an invocation that is delivered twice does not lock again, where the last save of the one before it came late', async () => {
  cutAfter(platform, 10);
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
  const [one] = records.runs.values();
  // What invocation 1 saved last, all of it, as a store that was in doubt writes it.
  const last = { ...one };
  expect(last).toMatchObject({ status: 'continues', invocation: 1 });
  const next = platform.scheduled.shift();
  expect(await runOnFake(platform, next?.parameters)).toMatchObject({ status: 'done', invocation: 2 });
  const [two] = records.runs.values();
  expect(two).toMatchObject({ status: 'done' });
  expect(two?.finishedAtMs).not.toBeNull();
  // It comes late. What it has not changed (the time of the end) stays.
  records.runs.set(two?.id ?? '', { ...two!, ...last, finishedAtMs: two?.finishedAtMs ?? null } as never);
  // Somebody lets people in by hand; the second invocation is delivered again.
  platform.locked.clear();
  platform.clock.now += 3_600_000;

  const again = await runOnFake(platform, next?.parameters);

  expect(platform.locked.size).toBe(0);
  expect(again).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
});

test('G: a run that has ended is not said to be under way', async () => {
  const report = await runOnFake(platform, { runId: 'evening' });
  expect(report.status).toBe('done');
  const [one] = records.runs.values();
  Object.assign(one!, { status: 'running', leaseHolder: 'x', leaseExpiresAtMs: platform.clock.now + 330_000 });
  platform.clock.now += 60_000;
  const undo = await runOnFake(platform, { undo: 'evening' });
  expect(undo.stopReason?.code).not.toBe('RUN_UNDER_WAY');
  expect(platform.locked.size).toBe(0);
});
