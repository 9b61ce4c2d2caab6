import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;

test.each([60, 4])('I: who was let in and locked again by hand stays locked, where our clock was %i minutes ahead at the lock and was corrected since', async (minutes) => {
  const platform = new FakePlatform(userIds(3));
  platform.records = new MemoryRecordStore();
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  platform.clock.now += 200 * MINUTE_MS;
  platform.clockAheadMs = -minutes * MINUTE_MS;
  const locked = await runOnFake(platform, {});
  // The clock is corrected: both agree from now on.
  platform.clock.jump(-minutes * MINUTE_MS);
  platform.clockAheadMs = 0;
  platform.clock.now += 3 * MINUTE_MS;
  platform.changeSession(userId(1), 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now });
  platform.clock.now += 200 * MINUTE_MS;

  const undo = await runOnFake(platform, { undo: locked.runId });

  expect(undo.counts).toMatchObject({ lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(1)]);
});

function world(): FakePlatform {
  const platform = new FakePlatform(userIds(3));
  platform.records = new MemoryRecordStore();
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  platform.clock.now += 200 * MINUTE_MS;
  return platform;
}

test('J: an undo lets people in, where our clock was four minutes behind at the lock and was corrected since', async () => {
  const platform = world();
  for (const id of userIds(3)) platform.changeSession(id, 'phone', { state: 'ENROLLED' });
  platform.clockAheadMs = 4 * MINUTE_MS;
  const { answerBatch } = platform;
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) {
      platform.changeSession(id, 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now + platform.clockAheadMs });
    }
    return answerBatch(operations);
  };
  const locked = await runOnFake(platform, {});
  platform.clock.jump(4 * MINUTE_MS);
  platform.clockAheadMs = 0;
  platform.clock.now += 200 * MINUTE_MS;

  const undo = await runOnFake(platform, { undo: locked.runId });

  expect(undo.counts).toMatchObject({ lockedAgain: 0, unlocked: 3 });
});

test.each(['unlock, then by hand', 'another lock run'])('K: whom %s locked since stays locked, where the clock was set back after the lock', async (how) => {
  const platform = world();
  const locked = await runOnFake(platform, {});
  platform.clock.now += 5 * MINUTE_MS;
  platform.clock.jump(-60 * MINUTE_MS);
  if (how === 'another lock run') {
    platform.locked.delete(userId(1));
    await runOnFake(platform, { userIds: [userId(1)] });
  } else {
    await runOnFake(platform, { action: 'unlock', userIds: [userId(1)] });
    platform.locked.add(userId(1));
  }
  platform.clock.now += 200 * MINUTE_MS;

  const undo = await runOnFake(platform, { undo: locked.runId });

  expect(undo.counts).toMatchObject({ lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(1)]);
});
