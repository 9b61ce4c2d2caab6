import { backendError } from '../../cloudcode/lock_users/src/core/classify-answer';
import type { LockUsersError } from '../../cloudcode/lock_users/src/core/LockUsersError';
import { parseParameters } from '../../cloudcode/lock_users/src/core/parse-parameters';
import type { Settings } from '../../cloudcode/lock_users/src/core/parse-settings';
import { Secret } from '../../cloudcode/lock_users/src/core/Secret';
import { runLockUsers } from '../../cloudcode/lock_users/src/run-lock-users';
import type { Report } from '../../cloudcode/lock_users/src/core/build-report';
import { FakePlatform, RecordingLog } from '../support/fake-ports';
import { userId, userIds } from '../support/user-id';

const SETTINGS: Settings = {
  backendUrl: 'https://backend.example.test/api/v4/64b0c0ffee64b0c0ffee64b0',
  backendId: '64b0c0ffee64b0c0ffee64b0',
  token: new Secret('not-a-real-one'),
  armed: true,
  protectedIds: [],
  userModel: 'user'
};

async function run(
  platform: FakePlatform,
  params: unknown = {},
  settings: Partial<Settings> = {},
  log = new RecordingLog()
) {
  return runLockUsers({ ...SETTINGS, ...settings }, parseParameters(params), platform.ports(log));
}

test('a run without parameters locks everybody who is not locked or protected', async () => {
  const platform = new FakePlatform(userIds(5));
  platform.locked.add(userId(4));

  const report = await run(platform, {}, { protectedIds: [userId(0)] });

  expect(platform.batches).toEqual([[1, 2, 3].map((n) => ({ method: 'users/lock', user_id: userId(n), wipe: false }))]);
  expect(report).toMatchObject({
    status: 'done',
    dryRun: false,
    deployment: { label: 'Fake', environment: 'testing', backendId: SETTINGS.backendId },
    counts: {
      selected: 5,
      protected: 1,
      excluded: 0,
      alreadyLocked: 1,
      planned: 3,
      locked: 3,
      failed: 0,
      unconfirmed: 0,
      notAttempted: 0
    },
    requests: { info: 1, database: 2, users: 2, batch: 1, total: 6 }
  });
});

test.each([
  [0, []],
  [1, [1]],
  [999, [999]],
  [1000, [1000]],
  [1001, [1000, 1]],
  [2500, [1000, 1000, 500]]
])('%i users go in batches of %j', async (count, sizes) => {
  const platform = new FakePlatform(userIds(count));

  const report = await run(platform);

  expect(platform.batches.map((batch) => batch.length)).toEqual(sizes);
  expect(report).toMatchObject({ status: 'done', counts: { locked: count } });
});

test('batchSize sets the size of the batches', async () => {
  const platform = new FakePlatform(userIds(5));

  await run(platform, { batchSize: 2 });

  expect(platform.batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
});

test('small pages and rows that come twice lose nobody and lock nobody twice', async () => {
  const platform = new FakePlatform([...userIds(7), userId(2)]);
  platform.pageSize = 2;

  const report = await run(platform);

  expect(platform.batches.flat().map((operation) => operation.user_id)).toEqual(userIds(7));
  expect(report.counts).toMatchObject({ selected: 7, locked: 7 });
});

test('a database that repeats its page for ever ends the run with an error', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserIds = () => Promise.resolve(userIds(3));

  const report = await run(platform);

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'DATABASE_READ_FAILED', usersChanged: 'no' } });
});

test('a users list that promises more and returns none ends the run with an error', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserStates = () => Promise.resolve({ users: [], more: true });

  expect(await run(platform)).toMatchObject({ status: 'failed', stopReason: { code: 'BACKEND_PROTOCOL' } });
});

describe('selection', () => {
  test('where is handed to the database', async () => {
    const platform = new FakePlatform(userIds(3));

    await run(platform, { where: ['role = ?', 'driver'] });

    expect(platform.selections[0]).toEqual({ where: { text: 'role = ?', values: ['driver'] } });
  });

  test('userIds alone are taken as named, so that an unknown one fails instead of vanishing', async () => {
    const platform = new FakePlatform(userIds(2));
    platform.answerBatch = () => ({
      operations: [{ success: true }, { success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } }]
    });
    const log = new RecordingLog();

    const report = await run(platform, { userIds: [userId(1), userId(9)] }, {}, log);

    expect(platform.selections).toEqual([]);
    expect(report.counts).toMatchObject({ selected: 2, planned: 2, failed: 2 });
    expect(report.failures.map((failure) => failure.type)).toEqual(['NOT_LOCKED', 'OBJECT_NOT_FOUND']);
    expect(log.lines).toContain(`Warning: 1 ids in "userIds" are no users of this deployment: ${userId(9)}`);
  });

  test('where and userIds select those who are in both', async () => {
    const platform = new FakePlatform(userIds(3));

    const report = await run(platform, { where: ['role = ?', 'driver'], userIds: [userId(2), userId(9)] });

    expect(platform.selections[0]).toEqual({ where: expect.anything(), userIds: [userId(2), userId(9)] });
    expect(report.counts).toMatchObject({ selected: 1, locked: 1 });
  });

  test('excluded users are left alone', async () => {
    const platform = new FakePlatform(userIds(3));

    const report = await run(platform, { excludeUserIds: [userId(1)] });

    expect(report.counts).toMatchObject({ selected: 3, excluded: 1, locked: 2 });
    expect(platform.locked.has(userId(1))).toBe(false);
  });

  test('a protected id that is no user is warned about', async () => {
    const log = new RecordingLog();

    await run(new FakePlatform(userIds(1)), {}, { protectedIds: [userId(9)] }, log);

    expect(log.lines).toContain(`Warning: 1 ids in LOCK_USERS_PROTECTED are no users of this deployment: ${userId(9)}`);
  });
});

describe('permission', () => {
  test.each<[string, boolean, object, Partial<Report>, string | undefined]>([
    ['unarmed', false, {}, { status: 'planned', dryRun: true }, 'NOT_ARMED'],
    ['unarmed', false, { dryRun: true }, { status: 'planned', dryRun: true }, 'NOT_ARMED'],
    ['unarmed', false, { dryRun: false }, { status: 'refused', dryRun: false }, 'NOT_ARMED'],
    ['armed', true, { dryRun: true }, { status: 'planned', dryRun: true }, undefined],
    ['armed', true, { maxUsers: 1 }, { status: 'refused', dryRun: false }, 'TOO_MANY_USERS'],
    ['armed', true, { maxUsers: 1, dryRun: true }, { status: 'refused', dryRun: true }, 'TOO_MANY_USERS']
  ])('an %s (%j) deployment with %j sends nothing: %j', async (_name, armed, params, expected, code) => {
    const platform = new FakePlatform(userIds(2));

    const report = await run(platform, params, { armed });

    expect(platform.batches).toEqual([]);
    expect(report).toMatchObject({ ...expected, counts: { locked: 0 } });
    expect(report.stopReason?.code).toBe(code);
  });

  test('an unarmed deployment says how to arm it', async () => {
    const report = await run(new FakePlatform(userIds(2)), {}, { armed: false });

    expect(report.counts).toMatchObject({ planned: 2, notAttempted: 2 });
    expect(report.stopReason?.message).toMatch(/No user was changed\. .*LOCK_USERS_ARMED to true .*save, and deploy/);
  });

  test('dryRun: false on an unarmed deployment is refused before any request', async () => {
    const report = await run(new FakePlatform(userIds(2)), { dryRun: false }, { armed: false });

    expect(report.requests.total).toBe(0);
  });

  test('a plan of exactly maxUsers is sent', async () => {
    const report = await run(new FakePlatform(userIds(2)), { maxUsers: 2 }, { maxUsers: 2 });

    expect(report.status).toBe('done');
  });

  test('a maxUsers above the deployment’s limit is thrown before any request', async () => {
    await expect(run(new FakePlatform([]), { maxUsers: 3 }, { maxUsers: 2 })).rejects.toThrow('INVALID_PARAMETERS');
  });
});

describe('answers', () => {
  test('success that the users API does not confirm is a failure', async () => {
    const platform = new FakePlatform(userIds(1));
    platform.answerBatch = () => ({ operations: [{ success: true }] });

    const report = await run(platform);

    expect(report).toMatchObject({
      status: 'failed',
      failures: [{ userId: userId(0), outcome: 'failed', type: 'NOT_LOCKED' }]
    });
  });

  test('an error for a user whom the users API shows as locked is no failure', async () => {
    const platform = new FakePlatform(userIds(1));
    platform.answerBatch = ([operation]) => {
      platform.locked.add(operation?.user_id ?? '');
      return { operations: [{ success: false, error: { type: 'ALREADY_LOCKED' } }] };
    };

    expect(await run(platform)).toMatchObject({ status: 'done', counts: { locked: 1 }, failures: [] });
  });

  test('a lost answer is settled by the users API, and the next batch is sent', async () => {
    const platform = new FakePlatform(userIds(4));
    const lock = platform.answerBatch;
    platform.answerBatch = (operations) => {
      if (platform.batches.length > 1) return lock(operations);
      platform.locked.add(operations[0]?.user_id ?? '');
      throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed: socket hang up.');
    };

    const report = await run(platform, { batchSize: 2 });

    expect(report).toMatchObject({ status: 'partial', counts: { locked: 3, failed: 1 } });
    expect(report.failures).toEqual([
      {
        userId: userId(1),
        outcome: 'failed',
        type: 'BACKEND_UNREACHABLE',
        detail: 'POST batch.json failed: socket hang up.'
      }
    ]);
    expect(report.stopReason).toBeUndefined();
  });

  test('users in doubt stay unconfirmed where the users API cannot be read any more', async () => {
    const platform = new FakePlatform(userIds(2));
    platform.answerBatch = () => {
      platform.readUserStates = () =>
        Promise.reject(backendError('BACKEND_UNAVAILABLE', 'GET users was answered with status 503.'));
      throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed.');
    };

    const report = await run(platform);

    expect(report).toMatchObject({
      status: 'partial',
      counts: { unconfirmed: 2 },
      stopReason: { code: 'BACKEND_UNAVAILABLE', usersChanged: 'maybe' }
    });
  });

  test.each(['BACKEND_UNAUTHORIZED', 'UNKNOWN_DEPLOYMENT', 'WRONG_ADDRESS'] as const)(
    '%s in the middle stops the run at once, the rest not attempted',
    async (code) => {
      const platform = new FakePlatform(userIds(6));
      const lock = platform.answerBatch;
      platform.answerBatch = (operations) => {
        if (platform.batches.length === 2) throw backendError(code, 'POST batch.json was refused.');
        return lock(operations);
      };

      const report = await run(platform, { batchSize: 2 });

      expect(platform.batches).toHaveLength(2);
      expect(report).toMatchObject({
        status: 'partial',
        counts: { locked: 2, notAttempted: 4 },
        stopReason: { code, usersChanged: 'yes' }
      });
    }
  );

  test.each<[string, (platform: FakePlatform, error: LockUsersError) => void]>([
    ['info.json', (platform, error) => (platform.readDeployment = () => Promise.reject(error))],
    ['the users API', (platform, error) => (platform.readUserStates = () => Promise.reject(error))],
    ['the database', (platform, error) => (platform.readUserIds = () => Promise.reject(error))]
  ])('an error while reading %s is a report, and nobody is locked', async (_name, breakIt) => {
    const platform = new FakePlatform(userIds(2));
    breakIt(platform, backendError('BACKEND_UNREACHABLE', 'Refused.'));

    const report = await run(platform);

    expect(platform.batches).toEqual([]);
    expect(report).toMatchObject({
      status: 'failed',
      counts: { selected: 0, planned: 0 },
      stopReason: { code: 'BACKEND_UNREACHABLE', usersChanged: 'no' }
    });
  });

  test('a bug in a port ends in a report that says it is a bug', async () => {
    const platform = new FakePlatform(userIds(2));
    platform.readUserIds = () => Promise.reject(new TypeError('x is not a function'));

    const report = await run(platform);

    expect(report.stopReason).toMatchObject({
      code: 'INVARIANT',
      message: expect.stringContaining('This is a bug in lock_users: x is not a function.')
    });
  });
});

describe('log', () => {
  test('a person can follow the run, and the last line is the report', async () => {
    const log = new RecordingLog();

    const report = await run(new FakePlatform(userIds(3)), { batchSize: 2, reason: 'release\nResult: done' }, {}, log);

    expect(log.lines).toEqual([
      'lock_users, run run-1',
      'Deployment: Fake (testing), backend 64b0c0ffee64b0c0ffee64b0',
      'Reason: "release\\nResult: done"',
      'Selected: 3 users (0 protected, 0 excluded, 0 already locked)',
      'Plan: lock 3 users and keep the data on their devices',
      'Batch 1 of 2: 2 sent, 2 locked, 0 failed.',
      'Batch 2 of 2: 1 sent, 1 locked, 0 failed.',
      'Result: done: 3 locked, 0 failed, 0 unconfirmed, 0 not attempted (7 requests, 1 s)',
      JSON.stringify(report)
    ]);
  });

  test('at most 20 failures are named in the log, and all of them in the report', async () => {
    const platform = new FakePlatform(userIds(50));
    platform.answerBatch = (operations) => ({
      operations: operations.map(() => ({ error: { type: 'BROKEN', detail: 'no' } }))
    });
    const log = new RecordingLog();

    const report = await run(platform, {}, {}, log);

    const last = JSON.parse(log.lines[log.lines.length - 1] ?? '') as { failures: unknown[]; failuresOmitted: number };
    expect(report.failures).toHaveLength(50);
    expect(log.lines.filter((line) => line.startsWith('failed: '))).toHaveLength(20);
    expect(log.lines).toContain('… and 30 more in the returned report');
    expect(last.failures).toHaveLength(20);
    expect(last.failuresOmitted).toBe(30);
  });
});
