import { classifyResponse, backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { LockOperation } from '../../../cloudcode/lock_users/src/requests/lock-batch';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const answered = (status: number, retryAfterMs?: number): Error =>
  classifyResponse('POST batch.json', status, undefined, retryAfterMs);

/** Fails the first `times` calls, then does as before. */
function failFirst<A extends unknown[], R>(times: number, error: Error, work: (...args: A) => R): (...args: A) => R {
  let calls = 0;
  return (...args) => {
    if (++calls <= times) throw error;
    return work(...args);
  };
}

test.each<[string, (platform: FakePlatform, error: Error) => void]>([
  ['info.json', (p, error) => (p.readDeployment = failFirst(2, error, p.readDeployment.bind(p)))],
  ['the users API', (p, error) => (p.readUserStates = failFirst(2, error, p.readUserStates.bind(p)))],
  ['the database', (p, error) => (p.readUserIds = failFirst(2, error, p.readUserIds.bind(p)))],
  ['a batch', (p, error) => (p.answerBatch = failFirst(2, error, p.answerBatch))]
])('%s is asked again after 503, with growing waits', async (_name, breakIt) => {
  const platform = new FakePlatform(userIds(3));
  breakIt(platform, answered(503));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 3 }, requests: { retried: 2 } });
  expect(platform.clock.sleeps).toEqual([500, 1000]);
});

test('a server that stays away ends the run after six attempts, half a minute at most', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readDeployment = () =>
    Promise.reject(backendError('BACKEND_UNREACHABLE', 'Refused.', { network: 'connection' }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'failed',
    stopReason: { code: 'BACKEND_UNREACHABLE' },
    requests: { info: 6 }
  });
  expect(platform.clock.sleeps).toEqual([500, 1000, 2000, 4000, 8000]);
});

test('a 429 makes everybody wait as long as the server says, and it counts as no attempt', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.answerBatch = failFirst(20, answered(429, 7000), platform.answerBatch);
  const log = new RecordingLog();

  const report = await runOnFake(platform, {}, {}, log);

  expect(report).toMatchObject({ status: 'done', requests: { rateLimited: 20, retried: 20 } });
  expect(platform.clock.sleeps).toEqual(Array.from({ length: 20 }, () => 7000));
  expect(log.lines).toContain('The rate limit of the deployment is used up. All requests wait 7.0 s.');
});

test('an operation that spoils its batch is found by halving, and everybody else is locked', async () => {
  const platform = new FakePlatform(userIds(1000));
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    if (operations.some(({ user_id: id }) => id === userId(700))) throw answered(422);
    return lock(operations);
  };

  const report = await runOnFake(platform, { canary: 0 });

  expect(report).toMatchObject({ status: 'partial', counts: { locked: 999, failed: 1 } });
  expect(report.failures).toEqual([
    expect.objectContaining({ userId: userId(700), outcome: 'failed', type: 'HTTP_422' })
  ]);
  // Two for each halving of 1000, and nobody asks again for what the platform refuses.
  expect(platform.batches.length).toBeLessThanOrEqual(21);
  // Somebody else may have been faster, which the users API shows later; it is only looked at.
  expect(platform.clock.sleeps.reduce((sum, sleepMs) => sum + sleepMs, 0)).toBe(45_000);
});

test.each<[string, Error]>([
  ['a time-out', backendError('BACKEND_UNREACHABLE', 'Too late.', { network: 'timeout' })],
  ['504', answered(504)]
])('after %s a batch is sent in halves until it is small enough', async (_name, error) => {
  const platform = new FakePlatform(userIds(1000));
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    if (operations.length > 300) throw error;
    return lock(operations);
  };

  const report = await runOnFake(platform, { canary: 0 });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 1000 } });
  expect(platform.batches.map((batch) => batch.length)).toEqual([1000, 500, 250, 250, 500, 250, 250]);
});

test('a batch that never gets an answer is given up after six attempts, and then tried twice more', async () => {
  const platform = new FakePlatform(userIds(1));
  platform.answerBatch = () => {
    throw answered(503);
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'partial', counts: { unconfirmed: 1, failed: 0 }, requests: { batch: 18 } });
  expect(report.failures[0]).toMatchObject({ type: 'HTTP_503', outcome: 'unconfirmed' });
});

test('users who are still unlocked are sent again, alone', async () => {
  const platform = new FakePlatform(userIds(5));
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    if (platform.batches.length > 1) return lock(operations);
    lock(operations.slice(2));
    return { operations: operations.map((_, n) => (n < 2 ? { error: { type: 'BUSY' } } : { success: true })) };
  };
  const log = new RecordingLog();

  const report = await runOnFake(platform, { canary: 0 }, {}, log);

  expect(report).toMatchObject({ status: 'done', verified: true, counts: { locked: 5 }, failures: [] });
  expect(platform.batches[1]?.map((operation: LockOperation) => operation.user_id)).toEqual(userIds(2));
  expect(log.lines).toContain('2 users are still unlocked. Sending again (1 of 2).');
});

test('with verify: false the answers are believed, and the report says so', async () => {
  const platform = new FakePlatform(userIds(2));
  platform.answerBatch = (operations) => ({ operations: operations.map(() => ({ success: true })) });
  const log = new RecordingLog();

  const report = await runOnFake(platform, { verify: false }, {}, log);

  expect(report).toMatchObject({ status: 'done', verified: false, requests: { users: 1 }, counts: { locked: 2 } });
  expect(log.lines.join('\n')).toContain('2 locked (by the answers, not verified), 0 failed');
});

test('a session that turns RESET during the run is told loudly', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.changeSession(userId(0), 'a', { state: 'RESET' });
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    for (const session of ['a', 'b']) platform.changeSession(userId(1), session, { state: 'RESET' });
    return lock(operations);
  };
  const log = new RecordingLog();

  const report = await runOnFake(platform, {}, {}, log);

  expect(report.resetSessions).toEqual({ count: 2, userIds: [userId(1)] });
  expect(log.lines).toContainEqual(expect.stringContaining('ALARM: 2 device sessions turned RESET during this run.'));
});
