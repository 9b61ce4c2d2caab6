import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

test('success that the users API does not confirm is unconfirmed, and no failure', async () => {
  const platform = new FakePlatform(userIds(1));
  platform.answerBatch = () => ({ operations: [{ success: true }] });

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'partial',
    failures: [{ userId: userId(0), outcome: 'unconfirmed', type: 'NOT_LOCKED' }]
  });
});

test('a user who is refused and then shown locked was locked by somebody else', async () => {
  const platform = new FakePlatform(userIds(1));
  platform.answerBatch = ([operation]) => {
    platform.locked.add(operation?.user_id ?? '');
    return { operations: [{ success: false, error: { type: 'ALREADY_LOCKED' } }] };
  };

  expect(await runOnFake(platform)).toMatchObject({
    status: 'done',
    counts: { locked: 0, alreadyLocked: 1 },
    failures: []
  });
});

test('a batch whose answer was lost is sent again', async () => {
  const platform = new FakePlatform(userIds(4));
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    if (platform.batches.length > 1) return lock(operations);
    platform.locked.add(operations[0]?.user_id ?? '');
    throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed: socket hang up.', { network: 'connection' });
  };

  const report = await runOnFake(platform, { canary: 0, batchSize: 2, concurrency: 1 });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 4 }, failures: [], requests: { retried: 1 } });
  expect(platform.batches.map((batch) => batch.map((operation) => operation.user_id))).toEqual([
    [userId(0), userId(1)],
    [userId(0), userId(1)],
    [userId(2), userId(3)]
  ]);
});

test('users who are unconfirmed stay unconfirmed where the users API cannot be read any more', async () => {
  const platform = new FakePlatform(userIds(2));
  platform.answerBatch = () => {
    platform.readUserStates = () =>
      Promise.reject(backendError('BACKEND_UNAVAILABLE', 'GET users was answered with status 503.'));
    throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed.');
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'partial',
    counts: { unconfirmed: 2 },
    stopReason: { code: 'BACKEND_UNAVAILABLE', usersChanged: 'maybe' }
  });
});

test.each(['BACKEND_UNAUTHORIZED', 'UNKNOWN_DEPLOYMENT', 'WRONG_ADDRESS', 'NO_USERS_API'] as const)(
  '%s in the middle stops the run at once, the rest not attempted',
  async (code) => {
    const platform = new FakePlatform(userIds(6));
    const lock = platform.answerBatch;
    platform.answerBatch = (operations) => {
      if (platform.batches.length === 2) throw backendError(code, 'POST batch.json was refused.');
      return lock(operations);
    };

    const report = await runOnFake(platform, { batchSize: 2, concurrency: 1 });

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

  const report = await runOnFake(platform);

  expect(platform.batches).toEqual([]);
  expect(report).toMatchObject({
    status: 'failed',
    counts: { locked: 0 },
    stopReason: { code: 'BACKEND_UNREACHABLE', usersChanged: 'no' }
  });
});

test('a bug in a port ends in a report that says it is a bug', async () => {
  const platform = new FakePlatform(userIds(2));
  platform.readUserIds = () => Promise.reject(new TypeError('x is not a function'));

  const report = await runOnFake(platform);

  expect(report.stopReason).toMatchObject({
    code: 'INVARIANT',
    message: expect.stringContaining('This is a bug in lock_users: x is not a function.')
  });
});
