import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;
const UNLOCK = { action: 'unlock' };
const TRY = { batchUnlock: 'try' } as const;

let platform: FakePlatform;
let log: RecordingLog;
beforeEach(() => {
  platform = new FakePlatform(userIds(8));
  log = new RecordingLog();
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
});

/** The platform unlocks users in batches. */
function unlocksInBatches(): void {
  platform.answerUnlockBatch = (ids) => {
    for (const id of ids) platform.locked.delete(id);
    return { operations: ids.map(() => ({ success: true })) };
  };
}

/** Everybody is locked by a run, some time ago. Returns its id. */
async function lock(): Promise<string> {
  const { runId } = await runOnFake(platform);
  platform.clock.now += 10 * MINUTE_MS;
  return runId;
}

const run = (params: object, settings: object = TRY): Promise<Report> => runOnFake(platform, params, settings, log);
const undo = (runId: string, params: object = {}): Promise<Report> => run({ undo: runId, ...params });

test('without the variable, users are unlocked one by one', async () => {
  unlocksInBatches();
  await lock();

  expect(await run(UNLOCK, {})).toMatchObject({ status: 'done', counts: { unlocked: 8 } });
  expect(platform.unlockBatches).toEqual([]);
  expect(platform.singles).toHaveLength(8);
});

test.each([['an unlock'], ['an undo']])(
  'where it works for one user, %s sends the others in batches',
  async (which) => {
    unlocksInBatches();
    const runId = await lock();

    const report = await (which === 'an undo' ? undo(runId) : run(UNLOCK));

    expect(report).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 }, requests: { single: 0 } });
    expect(platform.unlockBatches).toEqual([[userId(0)], userIds(8).slice(1)]);
    expect(log.lines).toContain('Unlocking in batches works: it was tried with one user.');
  }
);

test('a single user is unlocked as documented, and tries nothing', async () => {
  unlocksInBatches();
  await lock();

  expect(await run({ ...UNLOCK, userIds: [userId(3)] })).toMatchObject({ status: 'done', counts: { unlocked: 1 } });
  expect(platform.unlockBatches).toEqual([]);
});

test('a dry run tries nothing', async () => {
  unlocksInBatches();
  await lock();

  expect(await run({ ...UNLOCK, dryRun: true })).toMatchObject({ status: 'planned' });
  expect(platform.unlockBatches).toEqual([]);
});

const fail = (status: number) => (): never => {
  throw classifyResponse('POST batch.json', status, { type: 'ROUTE_ERROR', detail: 'x' });
};

test.each<[string, () => unknown]>([
  ['refuses the operation', () => ({ operations: [{ success: false, error: { type: 'INVALID_API_REQUEST' } }] })],
  ['refuses the request', fail(400)],
  ['forbids it', fail(403)],
  ['does not know it', fail(404)],
  ['breaks down over it', fail(500)],
  ['answers success and does nothing', () => ({ operations: [{ success: true }] })],
  ['answers something else', () => ({ fine: true })]
])('where the platform %s, users are unlocked one by one, as without the variable', async (_case, answer) => {
  platform.answerUnlockBatch = answer;
  const runId = await lock();

  expect(await undo(runId)).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 } });
  expect(platform.locked.size).toBe(0);
  // The same one again where its answer was lost: never by an undo.
  expect(platform.unlockBatches).toEqual([[userId(0)]]);
  expect(platform.singles).toEqual(userIds(8).map((id) => `unlock ${id}`));
  expect(log.lines.join()).toContain('Unlocking in batches does not work');
});

test('an unlock that shows late counts as one that works', async () => {
  await lock();
  const shownAtMs = platform.clock.now + 40_000;
  platform.answerUnlockBatch = (ids) => {
    for (const id of ids) pending.add(id);
    return { operations: ids.map(() => ({ success: true })) };
  };
  const pending = new Set<string>();
  const { readUserState } = platform;
  platform.readUserState = (id) => {
    if (platform.clock.now >= shownAtMs) for (const each of pending) platform.locked.delete(each);
    return readUserState.call(platform, id);
  };

  await run(UNLOCK);

  expect(platform.unlockBatches.map((ids) => ids.length)).toEqual([1, 7]);
});

test('where the user cannot be looked at, batches are not believed to work', async () => {
  unlocksInBatches();
  await lock();
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'No such route.', { status: 405 }));

  expect(await run(UNLOCK)).toMatchObject({ status: 'done', counts: { unlocked: 8 } });
  expect(platform.unlockBatches).toEqual([[userId(0)]]);
  expect(platform.clock.sleeps).not.toContain(15_000);
});

test('where the time is up before a look has shown it, the user does not count as unlocked', async () => {
  platform.answerUnlockBatch = () => ({ operations: [{ success: true }] });
  await lock();

  const report = await run(UNLOCK, { ...TRY, budgetMs: 20_000 });

  expect(report).toMatchObject({ status: 'continues', counts: { unlocked: 0, unconfirmed: 1, notAttempted: 7 } });
});

test.each([
  ['is cut off', 'connection'],
  ['takes too long', 'timeout']
] as const)('an undo whose batch %s looks at each user before an unlock is sent', async (_case, network) => {
  const runId = await lock();
  unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => {
    if (ids.length === 1) return unlock(ids);
    // Half of it is carried out; then somebody else locks one of those again, which a session shows.
    unlock(ids.slice(0, 4));
    platform.locked.add(userId(2));
    platform.changeSession(userId(2), 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now });
    throw backendError('BACKEND_UNREACHABLE', 'The connection was reset.', { network });
  };

  const report = await undo(runId);

  expect([...platform.locked]).toEqual([userId(2)]);
  expect(platform.singles).toEqual([5, 6, 7].map((n) => `unlock ${userId(n)}`));
  expect(platform.unlockBatches).toHaveLength(2);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { unlocked: 7, unconfirmed: 1 },
    failures: [{ userId: userId(2), type: 'LOCKED_AGAIN' }]
  });
});

test('an undo does not send a user again whom a batch is said to have unlocked, and who is locked', async () => {
  const runId = await lock();
  unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => {
    const answer = unlock(ids);
    if (ids.length > 1) platform.locked.add(userId(4));
    return answer;
  };

  const report = await undo(runId);

  expect(report).toMatchObject({ status: 'partial', failures: [{ userId: userId(4), type: 'NOT_UNLOCKED' }] });
  expect(platform.singles).toEqual([]);
});

test('whoever a batch leaves locked is unlocked one by one by an unlock that is about everybody', async () => {
  await lock();
  platform.answerUnlockBatch = (ids) => {
    // Only the first batch does anything.
    if (ids.length === 1) platform.locked.delete(ids[0] ?? '');
    return { operations: ids.map(() => ({ success: true })) };
  };

  expect(await run(UNLOCK)).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 } });
  expect(platform.singles).toHaveLength(7);
});

test('a batch that is refused for one user is halved, and the others are unlocked', async () => {
  await lock();
  unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => (ids.includes(userId(5)) ? fail(422)() : unlock(ids));

  const report = await run(UNLOCK);

  expect(report).toMatchObject({ status: 'partial', counts: { unlocked: 7, failed: 1 } });
  expect([...platform.locked]).toEqual([userId(5)]);
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
    const report = await run({ ...UNLOCK, concurrency: 1 });
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
    unlocksInBatches();
    const next = await begin();
    platform.unlockBatches.length = 0;

    await run(next);

    expect(platform.unlockBatches.map((ids) => ids.length)).toEqual([7]);
    expect(platform.locked.size).toBe(0);
  });

  test('goes on one by one where none has worked, and tries nothing', async () => {
    const next = await begin();
    platform.unlockBatches.length = 0;
    unlocksInBatches();

    await run(next);

    expect(platform.unlockBatches).toEqual([]);
  });
});

test('whom an earlier invocation has sent, nothing is tried with', async () => {
  const runId = await lock();
  unlocksInBatches();
  // The first invocation has not tried.
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    platform.clock.now += 2 * MINUTE_MS;
  };
  await runOnFake(platform, { undo: runId, concurrency: 1 });
  expect(platform.scheduled).toHaveLength(1);

  await run(platform.scheduled[0]?.parameters ?? {});

  expect(platform.unlockBatches).toEqual([]);
});
