import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { LockOperation } from '../../../cloudcode/lock_users/src/requests/lock-batch';
import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
let log: RecordingLog;

beforeEach(() => {
  platform = new FakePlatform(userIds(10));
  records = new MemoryRecordStore();
  platform.records = records;
  log = new RecordingLog();
});

/** Users have a session each that is in the app. */
function signIn(...users: number[]): void {
  for (const user of users) platform.changeSession(userId(user), `of-${user}`, { state: 'ENROLLED' });
}

/** Ids of the users of each batch, in the order in which they were sent. */
function sent(): string[][] {
  return platform.batches.map((batch) => batch.map(({ user_id: id }) => id));
}

const ids = (...users: number[]): string[] => users.map(userId);

/** Every lock wipes, whatever it says. */
function wipe(): void {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) {
      for (const { sessionId } of platform.sessions.get(id) ?? []) {
        platform.changeSession(id, sessionId, { state: 'RESET', signedOutAtMs: platform.clock.now });
      }
    }
    return answer(operations);
  };
}

/** The platform refuses some operations in a way of its own. */
function answerSome(how: (operation: LockOperation) => object | undefined): void {
  platform.answerBatch = (operations) => ({
    operations: operations.map((operation) => {
      const answer = how(operation);
      if (answer === undefined) platform.locked.add(operation.user_id);
      return answer ?? { success: true };
    })
  });
}

const refuse = (type = 'INVALID_OPERATION'): object => ({ success: false, error: { type, detail: 'no' } });

/** Looks at users that were sent are answered so. Default: as the platform does. */
function answerLooks(answer?: () => Promise<never>): void {
  const list = FakePlatform.prototype.readUserStates.bind(platform);
  const one = FakePlatform.prototype.readUserState.bind(platform);
  platform.readUserState = answer ?? one;
  platform.readUserStates = (...page) =>
    answer === undefined || platform.batches.length === 0 ? list(...page) : answer();
}

/** The users API shows users as `change` says. */
function show(change: (user: UserState) => UserState): void {
  const list = platform.readUserStates.bind(platform);
  const one = platform.readUserState.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await list(limit, skip);
    return { ...page, users: page.users.map(change) };
  };
  platform.readUserState = async (id) => {
    const user = await one(id);
    return user && change(user);
  };
}

test('three users are sent first, looked at, and then the others: without a pause', async () => {
  const report = await runOnFake(platform, {}, {}, log);

  expect(sent()).toEqual([ids(0, 1, 2), ids(3, 4, 5, 6, 7, 8, 9)]);
  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    counts: { planned: 10, locked: 10 },
    canary: { result: 'passed', count: 3, users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'locked' })) }
  });
  expect(report.warnings).toBeUndefined();
  expect(platform.clock.sleeps).toEqual([]);
  expect([...records.runs.values()]).toMatchObject([{ status: 'done', canary: 'passed' }]);
  expect([...records.batches.values()].map(({ userIds: users }) => users)).toEqual(
    sent().map((users) => JSON.stringify(users))
  );
  expect(log.lines.filter((line) => line.startsWith('Canary'))).toEqual([
    'Canary: 3 users are sent before all others.',
    'Canary: 3 of 3 users shown locked, no session turned RESET. The others follow.'
  ]);
});

test('users with a session in the app are sent first', async () => {
  signIn(4, 8);

  await runOnFake(platform, { canary: 3 });

  expect(sent()[0]).toEqual(ids(4, 8, 0));
});

test('test users are sent before them, and those that are not planned are not used, which the log says', async () => {
  signIn(4);
  platform.locked.add(userId(6));
  platform.pageSize = 3;

  await runOnFake(platform, { canary: 2 }, { canaryIds: ids(9, 6) }, log);

  expect(sent()[0]).toEqual(ids(9, 4));
  expect(log.lines).toContain(`Canary: 1 user of LOCK_USERS_CANARY is not planned, and not used: ${userId(6)}`);
});

test.each([
  ['canary: 0', 10, { canary: 0 }],
  ['a plan of no more users than the canary', 3, {}],
  ['an unlock', 10, { action: 'unlock' }],
  ['a dry run', 10, { dryRun: true }]
])('%s sends nobody first', async (_name, count, params) => {
  platform = new FakePlatform(userIds(count));

  const report = await runOnFake(platform, params, {}, log);

  expect(platform.batches.length).toBeLessThan(2);
  expect(report.canary).toBeUndefined();
  expect(log.lines.join('\n')).not.toContain('Canary');
});

test('a run that is refused for its size sends nobody first', async () => {
  const report = await runOnFake(platform, { maxUsers: 9 });

  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'TOO_MANY_USERS' } });
  expect(platform.batches).toEqual([]);
});

test.each([{}, { verify: false }])('where a lock wipes, the run stops after the canary (%j)', async (params) => {
  signIn(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  wipe();

  const report = await runOnFake(platform, { ...params, runId: 'evening' }, {}, log);

  expect(sent()).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { selected: 10, planned: 10, locked: 3, notAttempted: 7 },
    canary: { result: 'failed', count: 3, users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'reset' })) },
    resetSessions: { count: 3, userIds: ids(0, 1, 2) },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'yes' }
  });
  expect(platform.scheduled).toEqual([]);
  expect([...records.runs.values()]).toMatchObject([
    { status: 'partial', canary: 'failed', message: expect.stringMatching(/ALARM.* reset/), notAttempted: 7 }
  ]);
  expect(log.lines.filter((line) => line.includes('ALARM')).length).toBeGreaterThan(0);

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
  expect(platform.locked.size).toBe(0);
});

test('a canary that failed reads on, so that the report counts everybody', async () => {
  platform = new FakePlatform(userIds(500));
  platform.pageSize = 20;
  for (let user = 0; user < 20; user++) signIn(user);
  wipe();

  const report = await runOnFake(platform, { canary: 5 });

  expect(report).toMatchObject({
    counts: { selected: 500, planned: 500, locked: 5, notAttempted: 495 },
    stopReason: { code: 'CANARY_FAILED' }
  });
});

test('a canary that failed while the time ran out does not go on by itself', async () => {
  platform = new FakePlatform(userIds(500));
  platform.pageSize = 20;
  for (let user = 0; user < 20; user++) signIn(user);
  wipe();
  const one = platform.readUserState.bind(platform);
  let looks = 0;
  platform.readUserState = (id) => {
    // Whoever is read after the last of the three is read too late.
    if (++looks === 3) platform.clock.now += 300_000;
    return one(id);
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'partial', stopReason: { code: 'CANARY_FAILED' }, counts: { locked: 3 } });
  expect(platform.scheduled).toEqual([]);
});

test('where no canary is shown locked, the run stops when it has looked for as long as a read may lag', async () => {
  answerSome(() => ({ success: true }));

  const report = await runOnFake(platform, {}, {}, log);

  expect(sent()).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { locked: 0, unconfirmed: 3, notAttempted: 7 },
    canary: { result: 'failed', users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'not_locked' })) },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'maybe' }
  });
  expect(platform.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(45_000);
  expect(log.lines.join('\n')).not.toContain('ALARM');
});

test('a users API that lags behind is looked at again, and then the others follow', async () => {
  let lockedAtMs = Infinity;
  show((user) => {
    if (user.locked === true) lockedAtMs = Math.min(lockedAtMs, platform.clock.now);
    return { ...user, locked: user.locked === true && platform.clock.now - lockedAtMs >= 20_000 };
  });

  const report = await runOnFake(platform, {}, {}, log);

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, counts: { locked: 10 } });
  expect(platform.batches).toHaveLength(2);
  expect(log.lines).toContain('3 users are still unlocked. Looking again in 0.3 s.');
});

test('one that is shown locked is enough, and the others are sent again by the verification', async () => {
  show((user) => ({ ...user, locked: user.userId === userId(1) || platform.batches.length > 2 ? user.locked : false }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, counts: { locked: 10 } });
  expect(report.canary?.users.map(({ seen }) => seen)).toEqual(['not_locked', 'locked', 'not_locked']);
});

test('a canary that is still ENROLLED is a warning', async () => {
  signIn(0, 1);

  const report = await runOnFake(platform, {}, {}, log);

  expect(report).toMatchObject({
    status: 'done',
    canary: { result: 'passed' },
    warnings: [
      {
        code: 'CANARY_SIGNED_IN',
        message: `2 ids of the users sent first are locked, with a session that is still ENROLLED: ${userId(0)}, ${userId(1)}`
      }
    ]
  });
});

test.each([
  ['refused', refuse(), 'failed'],
  ['unconfirmed', { success: false }, 'unconfirmed']
])('a canary that is %s is replaced', async (_name, answer, seen) => {
  answerSome(({ user_id: id }) => (id === userId(1) ? answer : undefined));

  const report = await runOnFake(platform, { verify: false });

  expect(sent()).toEqual([ids(0, 1, 2), ids(3), ids(4, 5, 6, 7, 8, 9)]);
  expect(report).toMatchObject({ counts: { locked: 9 }, canary: { result: 'passed', count: 4 } });
  expect(report.canary?.users[1]).toEqual({ userId: userId(1), seen });
});

test('a canary that somebody else has locked is replaced, and stays theirs', async () => {
  answerSome(({ user_id: id }) => {
    if (id !== userId(1)) return undefined;
    platform.locked.add(id);
    return refuse('ALREADY_LOCKED');
  });

  const report = await runOnFake(platform, { runId: 'evening' });
  await runOnFake(platform, { undo: 'evening' });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 9, alreadyLocked: 1 }, canary: { count: 4 } });
  expect(report.canary?.users[1]).toEqual({ userId: userId(1), seen: 'already_locked' });
  expect([...platform.locked]).toEqual([userId(1)]);
});

test('three rounds of refused users are enough: the run stops', async () => {
  answerSome(() => refuse());

  const report = await runOnFake(platform, { canary: 2 });

  expect(sent()).toEqual([ids(0, 1), ids(2, 3), ids(4, 5)]);
  expect(report).toMatchObject({
    status: 'failed',
    counts: { failed: 6, notAttempted: 4 },
    canary: { result: 'failed', count: 6 },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'no' }
  });
});

test('where the platform does not show single users, the list is read when everybody was planned', async () => {
  platform.pageSize = 4;
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no route', { status: 404 }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    canary: { result: 'passed' },
    counts: { locked: 10 }
  });
  expect(sent()[0]).toHaveLength(3);
});

test('users are read on while the canary is sent and looked at', async () => {
  platform = new FakePlatform(userIds(40));
  platform.pageSize = 10;
  let look: () => void = () => undefined;
  const looked = new Promise<void>((resolve) => (look = resolve));
  let readAll: () => void = () => undefined;
  const isRead = new Promise<void>((resolve) => (readAll = resolve));
  const list = platform.readUserIds.bind(platform);
  platform.readUserIds = async (selection, limit, skip) => {
    // The others come when the canary is looked at, and its look ends when they are all there.
    if (skip > 0) await looked;
    const page = await list(selection, limit, skip);
    if (page.userIds.length < 2) readAll();
    return page;
  };
  const one = platform.readUserState.bind(platform);
  platform.readUserState = async (id) => {
    look();
    await isRead;
    return one(id);
  };

  expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test('whoever was shown locked first and is not, later, is not sent without a canary either', async () => {
  let looks = 0;
  const list = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await list(limit, skip);
    return looks++ === 0 ? { ...page, users: page.users.map((user) => ({ ...user, locked: true })) } : page;
  };
  signIn(0, 1, 2, 3, 4, 5);
  wipe();

  const report = await runOnFake(platform);

  expect(platform.batches.flat()).toHaveLength(3);
  expect(report.stopReason?.code).toBe('CANARY_FAILED');
});

test.each([
  [1000, 'in one page of the list', 3],
  [1001, 'one by one', 7]
])('of %i users the first ones are looked at %s', async (users, _how, requests) => {
  platform = new FakePlatform(userIds(users));

  const report = await runOnFake(platform, {});

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, requests: { users: requests } });
});

test('whom the list does not show locked yet is asked for by themselves', async () => {
  const list = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await list(limit, skip);
    const isLate = platform.batches.length === 1;
    return { ...page, users: page.users.map((user) => ({ ...user, locked: !isLate && user.locked })) };
  };

  const report = await runOnFake(platform, {});

  // The list three times, and three users by themselves.
  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, requests: { users: 6 } });
});

describe('the next invocation', () => {
  const budget = { budgetMs: 2500 };
  beforeEach(() => {
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.clock.now += 1000;
      return answer(operations);
    };
  });

  test.each(['with a record', 'without a record', 'with an older copy of the models'])(
    'trusts the canary of the first one: %s',
    async (how) => {
      if (how === 'without a record') platform.records = undefined;
      if (how.includes('older')) {
        records.listMissingFields = () => [{ name: 'lock_run.canary', isNeeded: false }];
        const find = records.findRuns.bind(records);
        records.findRuns = async (query) => (await find(query)).map((run) => Object.assign(run, { canary: null }));
      }
      const first = await runOnFake(platform, { batchSize: 2, concurrency: 1, canary: 2 }, budget);
      const second = await runOnFake(platform, platform.scheduled.shift()?.parameters);

      expect(first).toMatchObject({ status: 'continues', canary: { result: 'passed' } });
      expect(second).toMatchObject({ status: 'done', counts: { alreadyLocked: first.counts.locked } });
      expect(second.canary).toBeUndefined();
    }
  );

  test('trusts the record where it was handed nothing, as after a kill', async () => {
    await runOnFake(platform, { runId: 'evening', batchSize: 2, concurrency: 1, canary: 2 }, budget);
    for (const run of records.runs.values()) Object.assign(run, { status: 'interrupted' });

    const second = await runOnFake(platform, { runId: 'evening', canary: 2 });

    expect(second.status).toBe('done');
    expect(second.canary).toBeUndefined();
  });

  test('sends users first where the first one ended before it had looked', async () => {
    answerLooks(() => {
      platform.clock.now += 271_000;
      return Promise.reject(backendError('BACKEND_UNAVAILABLE', 'later', { status: 503 }));
    });
    const first = await runOnFake(platform, {});
    answerLooks();
    const second = await runOnFake(platform, platform.scheduled.shift()?.parameters);

    expect(first).toMatchObject({ status: 'continues', canary: { result: 'unfinished', count: 3 } });
    expect(second).toMatchObject({ status: 'done', canary: { result: 'passed' } });
    expect(sent()).toEqual([ids(0, 1, 2), ids(3, 4, 5), ids(6, 7, 8, 9)]);
  });
});

test('a run that was killed after its canary was wiped stops at the first look of the next delivery', async () => {
  signIn(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  wipe();
  const never = new Promise<never>(() => undefined);
  answerLooks(() => never);
  void runOnFake(platform, { runId: 'evening' });
  while (platform.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  answerLooks();
  platform.clock.now += 3_600_000;

  const report = await runOnFake(platform, { runId: 'evening' });

  expect(sent()).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { count: 3 } });
});

test('the next delivery looks at everybody before it sends a canary, because the wiped ones may be on the last page', async () => {
  const listed = userIds(1200);
  platform = new FakePlatform(listed);
  platform.records = records;
  platform.ids.forEach((_id, user) => signIn(user));
  wipe();
  const never = new Promise<never>(() => undefined);
  answerLooks(() => never);
  void runOnFake(platform, { runId: 'evening' });
  while (platform.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  answerLooks();
  listed.reverse();
  platform.clock.now += 3_600_000;

  const report = await runOnFake(platform, { runId: 'evening' });

  expect(sent()).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { count: 3 } });
});

test('where everybody in three rounds was locked by somebody else, the others follow', async () => {
  answerSome(({ user_id: id }) => {
    if (!ids(0, 1, 2, 3, 4, 5, 6, 7, 8).includes(id)) return undefined;
    platform.locked.add(id);
    return refuse('ALREADY_LOCKED');
  });

  const report = await runOnFake(platform);

  expect(sent()).toEqual([ids(0, 1, 2), ids(3, 4, 5), ids(6, 7, 8), ids(9)]);
  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed', count: 9 } });
});

test('a canary that is not shown locked before the time runs out replaces nobody', async () => {
  show((user) => ({ ...user, locked: false }));

  const report = await runOnFake(platform, {}, { budgetMs: 3000 });

  expect(sent()).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({ status: 'continues', canary: { result: 'unfinished', count: 3 } });
});
