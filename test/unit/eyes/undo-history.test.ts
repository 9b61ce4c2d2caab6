import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;
let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
});

async function lockThenSetBack(): Promise<Report> {
  platform.clock.now += 100 * MINUTE_MS;
  const locked = await runOnFake(platform, {});
  platform.clock.now += 10 * MINUTE_MS;
  platform.clock.jump(-60 * MINUTE_MS);
  return locked;
}

test('A1: the second invocation of a second undo still knows of the first undo', async () => {
  const locked = await lockThenSetBack();
  // By hand, without user 5.
  expect(await runOnFake(platform, { undo: locked.runId, excludeUserIds: [userId(3), userId(4), userId(5)] })).toMatchObject({ counts: { unlocked: 3 } });
  platform.clock.now += 2 * MINUTE_MS;
  platform.locked.add(userId(2)); // somebody locks one of them
  platform.clock.now += 2 * MINUTE_MS;
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    platform.locked.delete(id);
  };
  const first = await runOnFake(platform, { undo: locked.runId, concurrency: 1 }, { budgetMs: 1500 });
  expect(first).toMatchObject({ status: 'continues', counts: { lockedAgain: 1 } });
  const last = await runOnFake(platform, platform.scheduled.at(-1)?.parameters);
  expect(last.counts).toMatchObject({ lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(2)]);
});

test('A2: a third undo still knows of the first', async () => {
  const locked = await lockThenSetBack();
  await runOnFake(platform, { undo: locked.runId, excludeUserIds: [userId(4), userId(5)] });
  platform.clock.now += 2 * MINUTE_MS;
  platform.locked.add(userId(2));
  platform.clock.now += 2 * MINUTE_MS;
  expect(await runOnFake(platform, { undo: locked.runId, excludeUserIds: [userId(5)] })).toMatchObject({ counts: { lockedAgain: 1 } });
  platform.clock.now += 2 * MINUTE_MS;
  const third = await runOnFake(platform, { undo: locked.runId });
  expect(third.counts).toMatchObject({ lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(2)]);
});

test('A3: the clock is set back between two invocations of the undo', async () => {
  platform.clock.now += 100 * MINUTE_MS;
  const locked = await runOnFake(platform, {});
  platform.clock.now += 10 * MINUTE_MS;
  const { answerUnlock } = platform;
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    return answerUnlock(id);
  };
  const first = await runOnFake(platform, { undo: locked.runId, concurrency: 1 }, { budgetMs: 1500 });
  expect(first).toMatchObject({ status: 'continues', counts: { unlocked: 2 } });
  platform.clock.jump(-60 * MINUTE_MS);
  expect(await runOnFake(platform, platform.scheduled.at(-1)?.parameters)).toMatchObject({ status: 'done', counts: { unlocked: 4 } });
  platform.clock.now += 10 * MINUTE_MS;
  platform.locked.add(userId(5));

  const again = await runOnFake(platform, { undo: locked.runId });

  expect([...platform.locked]).toEqual([userId(5)]);
  expect(again.counts).toMatchObject({ unlocked: 0, lockedAgain: 1 });
});

test('A4: the control: no clock is set back, two undos', async () => {
  platform.clock.now += 100 * MINUTE_MS;
  const locked = await runOnFake(platform, {});
  platform.clock.now += 10 * MINUTE_MS;
  await runOnFake(platform, { undo: locked.runId, excludeUserIds: [userId(3), userId(4), userId(5)] });
  platform.clock.now += 2 * MINUTE_MS;
  platform.locked.add(userId(2));
  platform.clock.now += 2 * MINUTE_MS;
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    platform.locked.delete(id);
  };
  await runOnFake(platform, { undo: locked.runId, concurrency: 1 }, { budgetMs: 1500 });
  await runOnFake(platform, platform.scheduled.at(-1)?.parameters);
  expect([...platform.locked]).toEqual([userId(2)]);
});
