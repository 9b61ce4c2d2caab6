import { classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

/** A platform on which each batch takes a second. */
function slow(count: number): FakePlatform {
  const platform = new FakePlatform(userIds(count));
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 1000;
    return lock(operations);
  };
  return platform;
}

const PARAMETERS = { batchSize: 1, concurrency: 1, reason: 'release' };

test('a run whose time is used up schedules its next invocation and says so', async () => {
  const platform = slow(5);
  const log = new RecordingLog();

  const report = await runOnFake(platform, PARAMETERS, { budgetMs: 2500 }, log);

  expect(report).toMatchObject({
    status: 'continues',
    invocation: 1,
    verified: false,
    counts: { locked: 3, notAttempted: 2 },
    stopReason: {
      code: 'TIME_BUDGET',
      usersChanged: 'yes',
      nextStep: 'Invocation 2 is scheduled and goes on by itself.'
    }
  });
  expect(platform.scheduled).toEqual([
    {
      parameters: { ...PARAMETERS, continuation: expect.objectContaining({ runId: 'run-1', invocation: 2, done: 3 }) },
      afterMs: 0
    }
  ]);
  expect(JSON.stringify(platform.scheduled)).not.toContain(userId(3));
});

test('the invocations together lock everybody, under the same run id', async () => {
  const platform = slow(10);
  const reports: Report[] = [await runOnFake(platform, PARAMETERS, { budgetMs: 2500 })];
  for (let order = platform.scheduled.shift(); order !== undefined; order = platform.scheduled.shift()) {
    reports.push(await runOnFake(platform, order.parameters, { budgetMs: 2500 }));
  }

  expect(reports.map(({ status, runId, invocation }) => [status, runId, invocation])).toEqual([
    ['continues', 'run-1', 1],
    ['continues', 'run-1', 2],
    ['continues', 'run-1', 3],
    ['done', 'run-1', 4]
  ]);
  expect(reports[3]).toMatchObject({ counts: { alreadyLocked: 9, locked: 1 }, earlier: { locked: 9 }, verified: true });
});

test('a wait that the server asks for and that does not fit is handed over', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.answerBatch = () => {
    throw classifyResponse('POST batch.json', 429, undefined, 400_000);
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'continues', counts: { notAttempted: 3 }, requests: { batch: 1 } });
  expect(platform.scheduled).toEqual([{ parameters: expect.anything(), afterMs: 400_000 }]);
  expect(platform.clock.sleeps).toEqual([]);
});

test('a run that locks nobody in two invocations in a row gives up', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserIds = () => {
    throw classifyResponse('GET objects/user.json', 429, undefined, 400_000);
  };

  const first = await runOnFake(platform);
  const second = await runOnFake(platform, platform.scheduled.pop()?.parameters);

  expect([first.status, second.status]).toEqual(['continues', 'stalled']);
  expect(second.stopReason).toMatchObject({ code: 'STALLED', usersChanged: 'no' });
  expect(platform.scheduled).toEqual([]);
});

test('where there is no queue the report says what is left', async () => {
  const platform = slow(5);
  platform.hasQueue = false;

  const report = await runOnFake(platform, PARAMETERS, { budgetMs: 2500 });

  expect(report).toMatchObject({
    status: 'partial',
    counts: { locked: 3, notAttempted: 2 },
    stopReason: { code: 'TIME_BUDGET', nextStep: 'Run the task again; it finishes what is missing.' }
  });
});

test('a queue that fails is tried three times, and then the report says what to do', async () => {
  const platform = slow(5);
  const ports = platform.ports();
  let calls = 0;
  const queue = {
    name: 'lock_users',
    schedule: () => {
      calls++;
      return Promise.reject(new Error('no room'));
    },
    scheduleAt: () => Promise.reject(new Error('no room'))
  };
  platform.ports = (log) => ({ ...ports, ...(log && { log }), queue });

  const report = await runOnFake(platform, PARAMETERS, { budgetMs: 2500 });

  expect(calls).toBe(3);
  expect(report).toMatchObject({ status: 'partial', stopReason: { message: expect.stringContaining('no room') } });
});

test('a dry run whose time is used up is not continued', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserIds = () => {
    throw classifyResponse('GET objects/user.json', 429, undefined, 400_000);
  };

  const report = await runOnFake(platform, { dryRun: true });

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'TIME_BUDGET' } });
  expect(platform.scheduled).toEqual([]);
});

test('sessions that turned RESET in an earlier invocation are told by a later one, which stops', async () => {
  const platform = slow(5);
  await runOnFake(platform, PARAMETERS, { budgetMs: 2500 });
  for (const session of ['a', 'b']) platform.changeSession(userId(0), session, { state: 'RESET' });

  const report = await runOnFake(platform, platform.scheduled.pop()?.parameters);

  expect(report).toMatchObject({
    status: 'partial',
    resetSessions: { count: 2, userIds: [userId(0)] },
    stopReason: { code: 'SESSIONS_RESET' }
  });
});

test('the next invocation starts with the bucket that this one left', async () => {
  const platform = slow(5);
  await runOnFake(platform, PARAMETERS, { budgetMs: 2500, pace: { rate: 0.1, burst: 8 } });
  const before = platform.clock.sleeps.length;

  await runOnFake(platform, platform.scheduled.pop()?.parameters, { pace: { rate: 0.1, burst: 8 } });

  expect(platform.clock.sleeps.length).toBeGreaterThan(before);
});
