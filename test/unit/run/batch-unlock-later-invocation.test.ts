import { classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { BatchUnlockFixture } from '../../support/BatchUnlockFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;
const UNLOCK = { action: 'unlock' };

let fixture: BatchUnlockFixture;
let platform: FakePlatform;
beforeEach(() => {
  fixture = new BatchUnlockFixture();
  ({ platform } = fixture);
});

describe.each([
  ['by its record', true],
  ['without a record, by what it is handed', false]
])('a later invocation, %s,', (_name, hasRecord) => {
  /** The first invocation has time for the first user alone. */
  async function begin(): Promise<object> {
    platform.locked.clear();
    for (const id of userIds(8)) platform.locked.add(id);
    if (!hasRecord) platform.records = undefined;
    const answer = platform.answerUnlockBatch;
    platform.answerUnlockBatch = (ids) => {
      if (ids.length > 1) throw classifyResponse('POST batch.json', 429, undefined, 400_000);
      return answer(ids);
    };
    platform.answerUnlock = (id) => {
      platform.locked.delete(id);
      platform.clock.now += MINUTE_MS;
    };
    const report = await fixture.run({ ...UNLOCK, concurrency: 1 });
    expect(report.status).toBe('continues');
    platform.answerUnlockBatch = answer;
    platform.clock.now += 10 * MINUTE_MS;
    const { continuation, ...others } = platform.scheduled.shift()?.parameters ?? {};
    if (!hasRecord) return { ...others, continuation };
    const { batchUnlock, ...rest } = continuation as { batchUnlock?: unknown };
    expect(batchUnlock).toBeDefined();
    return { ...others, continuation: rest };
  }

  test('sends batches where one has worked, and tries nothing', async () => {
    fixture.unlocksInBatches();
    const next = await begin();
    platform.unlockBatches.length = 0;

    await fixture.run(next);

    expect(platform.unlockBatches.map((ids) => ids.length)).toEqual([7]);
    expect(platform.locked.size).toBe(0);
  });

  test('goes on one by one where none has worked, and tries nothing', async () => {
    const next = await begin();
    platform.unlockBatches.length = 0;
    fixture.unlocksInBatches();

    await fixture.run(next);

    expect(platform.unlockBatches).toEqual([]);
  });
});

test('whom an earlier invocation has sent, nothing is tried with', async () => {
  const runId = await fixture.lock();
  fixture.unlocksInBatches();
  // The first invocation has not tried.
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    platform.clock.now += 2 * MINUTE_MS;
  };
  await runOnFake(platform, { undo: runId, concurrency: 1 });
  expect(platform.scheduled).toHaveLength(1);

  await fixture.run(platform.scheduled[0]?.parameters ?? {});

  expect(platform.unlockBatches).toEqual([]);
});
