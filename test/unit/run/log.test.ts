import { VERSION } from '../../../cloudcode/lock_users/src/version';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

test('a person can follow the run, and the last line is the report', async () => {
  const log = new RecordingLog();
  const platform = new FakePlatform(userIds(3));

  const params = { batchSize: 2, reason: 'release\nResult: done', requestedBy: 'Sam' };
  const report = await runOnFake(platform, params, {}, log);

  expect(log.lines).toEqual([
    `lock_users ${VERSION}, run run-1`,
    'Deployment: Fake (testing), backend 64b0c0ffee64b0c0ffee64b0',
    'Address and token from JOURNEY_BACKEND_URL, JOURNEY_API_TOKEN',
    'Reason: "release\\nResult: done"',
    'Requested by: "Sam"',
    'Selected: 3 users (0 protected, 0 excluded, 0 already locked)',
    'Plan: lock 3 users and keep the data on their devices',
    'Nobody is protected: neither LOCK_USERS_PROTECTED nor LOCK_USERS_PROTECTED_WHERE is set.',
    'Batch request 1: 2 sent, 2 locked, 0 failed.',
    'Batch request 2: 1 sent, 1 locked, 0 failed.',
    `Result: done: 3 locked, 0 failed, 0 unconfirmed, 0 not attempted (${report.requests.total} requests, 0 s)`,
    'To let them back in: {"undo": "run-1"}',
    JSON.stringify(report)
  ]);
});

test('each batch is told with its own number, whenever its answer comes', async () => {
  const platform = new FakePlatform(userIds(4));
  const lock = platform.answerBatch;
  platform.answerBatch = async (operations) => {
    for (let n = 0; n < 100; n++) await Promise.resolve();
    return lock(operations);
  };
  const log = new RecordingLog();

  await runOnFake(platform, { batchSize: 1 }, {}, log);

  const numbers = log.lines.flatMap((line) => /^Batch request (\d+):/.exec(line)?.[1] ?? []);
  expect(numbers.sort()).toEqual(['1', '2', '3', '4']);
});

test('at most 20 failures are named in the log, and all of them in the report', async () => {
  const platform = new FakePlatform(userIds(50));
  platform.answerBatch = (operations) => ({
    operations: operations.map(() => ({ error: { type: 'BROKEN', detail: 'no' } }))
  });
  const log = new RecordingLog();

  const report = await runOnFake(platform, { canary: 0 }, {}, log);

  const last = JSON.parse(log.lines[log.lines.length - 1] ?? '') as { failures: unknown[]; failuresOmitted: number };
  expect(report.failures).toHaveLength(50);
  expect(log.lines.filter((line) => line.startsWith('failed: '))).toHaveLength(20);
  expect(log.lines).toContain('… and 30 more; the returned report names 50');
  expect(last.failures).toHaveLength(20);
  expect(last.failuresOmitted).toBe(30);
});
