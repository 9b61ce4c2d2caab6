import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let log: RecordingLog;

beforeEach(() => {
  platform = new FakePlatform(userIds(10));
  log = new RecordingLog();
});

/** A session of the user turns RESET. */
function reset(user: number, signedOutAtMs: number | null = platform.clock.now): void {
  platform.changeSession(userId(user), `of-${user}`, { state: 'RESET', signedOutAtMs });
}

/** After so many batches something happens. */
function afterBatch(number: number, what: () => void): void {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    const answered = answer(operations);
    if (platform.batches.length === number) what();
    return answered;
  };
}

/** Each batch takes a second, so that an invocation sends three of one user each. */
const SLOW = { canary: 0, batchSize: 1, concurrency: 1 };
const BUDGET = { budgetMs: 2500 };
function slow(): void {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 1000;
    return answer(operations);
  };
}

test('the verification stops where a session of a user whom the run has sent turned RESET', async () => {
  afterBatch(2, () => reset(7));

  const report = await runOnFake(platform, { runId: 'evening' }, {}, log);

  expect(report).toMatchObject({
    status: 'partial',
    verified: false,
    counts: { locked: 10 },
    resetSessions: { count: 1, userIds: [userId(7)] },
    stopReason: { code: 'SESSIONS_RESET', usersChanged: 'yes', message: expect.stringContaining(userId(7)) }
  });
  expect(log.lines.filter((line) => line.includes('ALARM')).length).toBeGreaterThan(0);
  expect([...(platform.records?.runs.values() ?? [])]).toMatchObject([
    { status: 'partial', message: expect.stringContaining('ALARM') }
  ]);
});

test('the verification sends nobody again after that', async () => {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    const answered = answer(operations);
    platform.locked.delete(userId(4));
    reset(7);
    return answered;
  };

  const report = await runOnFake(platform, { canary: 0 });

  expect(report.stopReason?.code).toBe('SESSIONS_RESET');
  expect(platform.batches).toHaveLength(1);
  expect(platform.clock.sleeps).toEqual([]);
});

test.each(['unlock', 'reauthenticate'])('%s stops as well', async (action) => {
  for (let user = 0; user < 10; user++) platform.changeSession(userId(user), `of-${user}`, { state: 'ENROLLED' });
  if (action === 'unlock') for (const id of userIds(10)) platform.locked.add(id);
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    reset(3);
  };
  platform.answerReauthenticate = () => reset(3);

  const report = await runOnFake(platform, { action });

  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { userIds: [userId(3)] } });
});

test.each([
  ['unlocked', true],
  ['still locked', false]
])('the one user that shows whether unlocks go in batches stops the others, shown %s', async (_how, isUnlocked) => {
  for (let user = 0; user < 10; user++) platform.changeSession(userId(user), `of-${user}`, { state: 'ENROLLED' });
  for (const id of userIds(10)) platform.locked.add(id);
  platform.answerUnlockBatch = (ids) => {
    for (const id of isUnlocked ? ids : []) platform.locked.delete(id);
    reset(0);
    return { operations: ids.map(() => ({ success: true })) };
  };

  const report = await runOnFake(platform, { action: 'unlock' }, { batchUnlock: 'try' });

  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { userIds: [userId(0)] } });
  expect(platform.unlockBatches).toEqual([[userId(0)]]);
  expect(platform.singles).toEqual([]);
});

test('a session that was RESET before stops nothing', async () => {
  reset(2);

  expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 10 } });
});

test('a session of a user whom the run leaves alone is told, and stops nothing', async () => {
  afterBatch(1, () => reset(9));

  const report = await runOnFake(platform, { excludeUserIds: [userId(9)] }, {}, log);

  expect(report).toMatchObject({ status: 'done', resetSessions: { count: 1, userIds: [userId(9)] } });
  expect(log.lines.join('\n')).toContain('ALARM: 1 device session turned RESET');
});

describe('the first look of a later invocation stops', () => {
  test.each([
    ['with a record', true, 0],
    ['without a record', false, 0],
    ['with a record, where nothing says since when', true, null],
    ['without a record, where nothing says since when', false, null]
  ])('%s', async (_name, hasRecord, signedOut) => {
    slow();
    if (!hasRecord) platform.records = undefined;
    reset(8, signedOut === null ? null : platform.clock.now - 3_600_000);
    const first = await runOnFake(platform, SLOW, BUDGET);
    reset(1, signedOut === null ? null : platform.clock.now);
    const sent = platform.batches.length;

    const second = await runOnFake(platform, platform.scheduled.shift()?.parameters, {}, log);

    expect(first.status).toBe('continues');
    expect(second).toMatchObject({
      status: 'partial',
      earlier: { locked: 3 },
      resetSessions: { count: 1, userIds: [userId(1)] },
      stopReason: { code: 'SESSIONS_RESET' }
    });
    expect(platform.scheduled).toEqual([]);
    if (signedOut !== null) expect(platform.batches).toHaveLength(sent);
  });

  test.each([
    ['that was RESET before the run', 1, -3_600_000],
    ['of a user whom the run has not sent', 8, 0]
  ])('not for a session %s', async (_name, user, aheadMs) => {
    slow();
    if (aheadMs < 0) reset(user, platform.clock.now + aheadMs);
    await runOnFake(platform, SLOW, BUDGET);
    if (aheadMs === 0) reset(user);

    const second = await runOnFake(platform, platform.scheduled.shift()?.parameters);

    expect(second).toMatchObject({ status: 'done', earlier: { locked: 3 } });
  });

  test('by the clock of the backend', async () => {
    slow();
    platform.clockAheadMs = -100_000;
    await runOnFake(platform, SLOW, BUDGET);
    reset(1, platform.clock.now - 100_000);

    expect(await runOnFake(platform, platform.scheduled.shift()?.parameters)).toMatchObject({
      stopReason: { code: 'SESSIONS_RESET' }
    });
  });
});

test.each([
  ['had read only some of the users', 5],
  ['had read nobody', 0]
])('sessions that were RESET long before stop no later invocation where the first one %s', async (_name, read) => {
  for (const user of [0, 3, 8]) reset(user, null);
  const page = platform.readUserStates.bind(platform);
  platform.pageSize = 5;
  platform.readUserStates = (limit, skip) => {
    if (skip >= read) platform.clock.now += 3000;
    return page(limit, skip);
  };
  slow();
  expect(await runOnFake(platform, { ...SLOW, runId: 'evening' }, BUDGET)).toMatchObject({ status: 'continues' });
  platform.readUserStates = page;

  let last = await runOnFake(platform, platform.scheduled.shift()?.parameters);
  for (let next = platform.scheduled.shift(); next !== undefined; next = platform.scheduled.shift()) {
    last = await runOnFake(platform, next.parameters);
  }

  expect(last).toMatchObject({ status: 'done' });
  expect(last).not.toHaveProperty('resetSessions');
});
