import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const MAINTENANCE_MS = 120_000;

/** Whatever is replaced on the platform fails until the maintenance is over. */
function failUntil<A extends unknown[], R>(
  platform: FakePlatform,
  error: Error,
  work: (...args: A) => R
): (...args: A) => R {
  const untilMs = platform.clock.now + MAINTENANCE_MS;
  return (...args) => {
    if (platform.clock.now < untilMs) throw error;
    return work(...args);
  };
}

const answered = (status: number, retryAfterMs?: number): Error =>
  classifyResponse('GET users', status, { type: 'MAINTENANCE' }, retryAfterMs);
const database = (status: number): Error =>
  new LockUsersError({ code: 'DATABASE_READ_FAILED', message: 'Closed.', nextStep: 'Wait.', status });
const record = (): Error =>
  new LockUsersError({ code: 'RECORD_FAILED', message: 'Closed.', nextStep: 'Wait.', status: 503 });

test.each<[string, (platform: FakePlatform) => void]>([
  ['info.json: 503', (p) => (p.readDeployment = failUntil(p, answered(503), p.readDeployment.bind(p)))],
  ['info.json: 408', (p) => (p.readDeployment = failUntil(p, answered(408), p.readDeployment.bind(p)))],
  ['the users API: 500', (p) => (p.readUserStates = failUntil(p, answered(500), p.readUserStates.bind(p)))],
  ['the users API: 425', (p) => (p.readUserStates = failUntil(p, answered(425), p.readUserStates.bind(p)))],
  ['the users API: 504', (p) => (p.readUserStates = failUntil(p, answered(504), p.readUserStates.bind(p)))],
  ['the database: 503', (p) => (p.readUserIds = failUntil(p, database(503), p.readUserIds.bind(p)))],
  [
    'the database: refused connections',
    (p) => {
      const refused = backendError('BACKEND_UNREACHABLE', 'Refused.', { network: 'unreachable' });
      p.readUserIds = failUntil(p, refused, p.readUserIds.bind(p));
    }
  ],
  [
    'the record: 503',
    (p) => {
      const { records } = p;
      if (records !== undefined) records.onSave = failUntil(p, record(), () => Promise.resolve());
    }
  ]
])('a maintenance of two minutes is waited for: %s', async (_name, close) => {
  const platform = new FakePlatform(userIds(3));
  close(platform);
  const log = new RecordingLog();

  const report = await runOnFake(platform, {}, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 3 } });
  expect(log.lines).toContainEqual(expect.stringMatching(/Sending it again in 1\d\.\d s \(attempt 7 failed\)\.$/));
  // The pauses grow, so that two minutes cost a dozen requests and not hundreds.
  expect(report.requests.retried).toBeLessThan(25);
});

test.each([
  ['reads', (p: FakePlatform) => (p.readUserStates = failUntil(p, answered(503, 60_000), p.readUserStates.bind(p)))],
  ['batches', (p: FakePlatform) => (p.answerBatch = failUntil(p, answered(503, 60_000), p.answerBatch))]
])('503 with Retry-After gets the time that it asks for: %s', async (_name, close) => {
  const platform = new FakePlatform(userIds(3));
  close(platform);

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 3 }, requests: { retried: 2 } });
  // In pieces, because it looks meanwhile whether it is to stop.
  expect(platform.clock.sleeps.reduce((sum, sleepMs) => sum + sleepMs, 0)).toBe(120_000);
});

test.each([
  ['fits no invocation', 400_000, 400_000],
  ['is longer than an hour', 7_200_000, 3_600_000]
])('a 503 whose Retry-After %s is waited for by the next invocation', async (_name, retryAfterMs, afterMs) => {
  const platform = new FakePlatform(userIds(3));
  platform.answerBatch = () => {
    throw answered(503, retryAfterMs);
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'continues', stopReason: { code: 'TIME_BUDGET' } });
  expect(platform.scheduled).toEqual([{ parameters: expect.anything(), afterMs }]);
  const [run] = platform.records?.runs.values() ?? [];
  expect(run).toMatchObject({ status: 'continues', leaseExpiresAtMs: platform.clock.now + afterMs + 600_000 });
});

test('an address that refuses connections fails within ten seconds, and is in the message', async () => {
  const platform = new FakePlatform(userIds(3));
  const beganAtMs = platform.clock.now;
  platform.readDeployment = () =>
    Promise.reject(backendError('BACKEND_UNREACHABLE', 'ECONNREFUSED 127.0.0.1:1.', { network: 'unreachable' }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'failed',
    stopReason: { code: 'BACKEND_UNREACHABLE', message: expect.stringContaining('127.0.0.1:1') }
  });
  expect(platform.clock.now - beganAtMs).toBeLessThan(10_000);
});

test('a later invocation of a run knows that the address is right', async () => {
  const platform = new FakePlatform(userIds(3));
  const lock = platform.answerBatch;
  platform.answerBatch = () => {
    throw answered(503, 400_000);
  };
  await runOnFake(platform);
  const refused = backendError('BACKEND_UNREACHABLE', 'Refused.', { network: 'unreachable' });
  platform.readDeployment = failUntil(platform, refused, platform.readDeployment.bind(platform));
  platform.answerBatch = lock;

  const report = await runOnFake(platform, platform.scheduled.pop()?.parameters);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 3 } });
});

test.each([
  ['a day forwards', 86_400_000],
  ['a day backwards', -86_400_000]
])('a wall clock that is set %s ends nothing early and lets nothing run on', async (_name, jumpMs) => {
  const platform = new FakePlatform(userIds(400));
  const { clock } = platform;
  const lock = platform.answerBatch;
  const beganAtMs = clock.monotonicMs();
  platform.answerBatch = (operations) => {
    if (platform.batches.length === 3) clock.jump(jumpMs);
    clock.now += 1000;
    return lock(operations);
  };

  const report = await runOnFake(platform, { batchSize: 1, concurrency: 1 });

  const elapsedMs = clock.monotonicMs() - beganAtMs;
  expect(report).toMatchObject({ status: 'continues', counts: { locked: 270, notAttempted: 130 } });
  expect(Math.abs(elapsedMs - 270_000)).toBeLessThan(1000);
  expect(report.durationMs).toBe(elapsedMs);
});

test.each([
  ['ahead', 400_000, 'The clock of the backend is 400 s ahead of'],
  ['behind', -86_400_000, 'The clock of the backend is 86400 s behind']
])('a Date header that is too far %s shifts no clock, and the log says so once', async (_name, aheadMs, line) => {
  const platform = new FakePlatform(userIds(2));
  platform.clockAheadMs = aheadMs;
  for (const id of platform.ids) platform.changeSession(id, 'a', { authenticatedAtMs: 1000 });
  const log = new RecordingLog();

  const report = await runOnFake(platform, { action: 'reauthenticate' }, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { reauthenticated: 2 } });
  expect(log.lines.filter((text) => text.includes(line))).toHaveLength(1);
});
