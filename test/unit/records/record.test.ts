import { HAND_OVER_LEASE_MS } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { BatchRecord, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  records = new MemoryRecordStore();
  platform.records = records;
});

const onlyRun = (): RunRecord | undefined => [...records.runs.values()][0];
const batches = (): BatchRecord[] => [...records.batches.values()];

test('a run writes its record: what was asked, what came of it, and each batch', async () => {
  platform.locked.add(userId(0));

  const report = await runOnFake(platform, { canary: 0, batchSize: 2, reason: 'release', requestedBy: 'Sam' });

  expect([...records.runs.values()]).toHaveLength(1);
  const { report: told, ...run } = onlyRun() ?? { report: null };
  expect(run).toMatchObject({
    status: 'done',
    runId: 'run-1',
    action: 'lock',
    reason: 'release',
    requestedBy: 'Sam',
    parameters: '{"canary":0,"batchSize":2}',
    invocation: 1,
    leaseHolder: null,
    leaseExpiresAtMs: null,
    message: null
  });
  const counts = { selected: 5, alreadyLocked: 1, planned: 4, locked: 4, failed: 0, unconfirmed: 0, notAttempted: 0 };
  expect(run).toMatchObject(counts);
  expect(JSON.parse(told ?? '')).toMatchObject({ runId: 'run-1', counts: report.counts });
  expect(batches()).toMatchObject([
    { number: 1, state: 'answered', done: 2, userIds: JSON.stringify([userId(1), userId(2)]), notDone: '[]' },
    { number: 2, state: 'answered', done: 2, userIds: JSON.stringify([userId(3), userId(4)]), notDone: '[]' }
  ]);
});

test('a batch is written down before it is sent', async () => {
  const known: number[] = [];
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    const announced = batches().filter(({ state }) => state === 'sent');
    known.push(announced.filter(({ userIds: ids }) => ids?.includes(operations[0]?.user_id ?? '-')).length);
    return lock(operations);
  };

  await runOnFake(platform, { batchSize: 1 });

  expect(known).toEqual([1, 1, 1, 1, 1]);
});

test('users who are not locked are named with the reason, as the last look has it', async () => {
  // The answer claims success for user 1, whom the users API goes on to show unlocked.
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) if (id !== userId(1)) platform.locked.add(id);
    return { operations: operations.map(() => ({ success: true })) };
  };

  await runOnFake(platform, { canary: 0 });

  const first = batches()[0];
  expect(first).toMatchObject({ state: 'answered', done: 4 });
  expect(JSON.parse(first?.notDone ?? '')).toMatchObject([
    { userId: userId(1), outcome: 'unconfirmed', type: 'NOT_LOCKED' }
  ]);
  expect(onlyRun()).toMatchObject({ status: 'partial', locked: 4, unconfirmed: 1 });
});

test('what could not be sent is written down as not attempted', async () => {
  platform.answerBatch = () => {
    throw new LockUsersError({ code: 'BACKEND_UNAUTHORIZED', message: 'No.', nextStep: 'Check.', status: 401 });
  };

  const report = await runOnFake(platform, { canary: 0, batchSize: 3, concurrency: 1 });

  expect(report.status).toBe('failed');
  // The second one was written down while the first was on its way.
  expect(batches()).toMatchObject([
    { state: 'answered', done: 0 },
    { state: 'answered', done: 0 }
  ]);
  expect(batches().flatMap(({ notDone }) => JSON.parse(notDone ?? '') as unknown)).toMatchObject(
    [0, 1, 2, 3, 4].map((n) => ({ userId: userId(n), outcome: 'not_attempted' }))
  );
  expect(onlyRun()).toMatchObject({ status: 'failed', message: report.stopReason?.message });
});

test('a run whose record cannot be written at the start sends nothing', async () => {
  records.onSave = () => {
    throw new LockUsersError({ code: 'RECORD_FAILED', message: 'No such field.', nextStep: 'Check the model.' });
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'RECORD_FAILED', usersChanged: 'no' } });
  expect(platform.batches).toEqual([]);
});

test('a record that cannot be written later does not hold the run up, and the log says so once', async () => {
  records.onSave = (saved) => {
    if (saved.some((record) => 'runRecordId' in record && record.state === 'sent')) {
      throw new LockUsersError({ code: 'RECORD_FAILED', message: 'No room.', nextStep: 'Make room.' });
    }
  };
  const log = new RecordingLog();

  const report = await runOnFake(platform, { batchSize: 1, concurrency: 1 }, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 5 } });
  expect(log.lines.filter((line) => line.includes('No room.'))).toHaveLength(1);
  // At the end everything is written.
  expect(batches()).toHaveLength(5);
  expect(onlyRun()).toMatchObject({ status: 'done', locked: 5 });
});

test.each([
  ['a queue', true],
  ['no queue', false]
])(
  'an app without the models, on a runtime with %s, runs at once, without a record, and says so once',
  async (_, hasQueue) => {
    platform.records = undefined;
    platform.hasQueue = hasQueue;
    const log = new RecordingLog();

    const report = await runOnFake(platform, {}, {}, log);

    expect(report).toMatchObject({ status: 'done', counts: { locked: 5 }, requests: { record: 0 } });
    expect(platform.scheduled).toEqual([]);
    expect(log.lines.filter((line) => line === 'No record: this run cannot be undone or stopped.')).toHaveLength(1);
  }
);

test('a later invocation of a run without a record does not repeat that it has none', async () => {
  platform.records = undefined;
  const log = new RecordingLog();
  const bucket = { tokens: 1, rate: 1, atMs: 0 };
  const counts = { idleInvocations: 0, doneSeen: 0, done: 0, unconfirmed: 0, resetSessions: 0 };

  await runOnFake(
    platform,
    { continuation: { runId: 'run-1', invocation: 2, startedAtMs: 0, ...counts, bucket } },
    {},
    log
  );

  expect(log.lines.filter((line) => line.startsWith('No record'))).toEqual([]);
});

test('a dry run of an app without the models says what a run could not be', async () => {
  platform.records = undefined;
  const log = new RecordingLog();

  await runOnFake(platform, { dryRun: true }, {}, log);

  expect(log.lines).toContain('No record: a run of this app cannot be undone or stopped.');
});

test('two locks at once without a record lock everybody once or twice and nobody fails', async () => {
  platform.records = undefined;

  const reports = await Promise.all([runOnFake(platform), runOnFake(platform)]);

  expect(platform.locked.size).toBe(5);
  for (const { status, counts } of reports) expect([status, counts.failed]).toEqual(['done', 0]);
});

test('a dry run is recorded and needs no lease', async () => {
  records.add({ status: 'running', runId: 'other', leaseExpiresAtMs: platform.clock.now + 1000 });

  expect(await runOnFake(platform, { dryRun: true })).toMatchObject({ status: 'planned' });

  expect([...records.runs.values()][1]).toMatchObject({ status: 'planned', planned: 5, locked: 0, leaseHolder: null });
});

test('a run is refused while another is under way, and names it', async () => {
  records.add({ status: 'running', runId: 'other', leaseExpiresAtMs: platform.clock.now + 90_000 });

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'refused',
    stopReason: { code: 'RUN_UNDER_WAY', message: expect.stringMatching(/^A run is under way: other .* 90 s/) }
  });
  expect(platform.batches).toEqual([]);
  expect([...records.runs.values()][1]).toMatchObject({ status: 'refused', locked: 0 });
});

test('a continued run keeps its lease, counts whom it has locked before, and gives the lease back at its end', async () => {
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 1500;
    return lock(operations);
  };
  const cut = { batchSize: 1, concurrency: 1 };

  const first = await runOnFake(platform, cut, { budgetMs: 3000 });

  expect(first).toMatchObject({ status: 'continues', counts: { locked: 2 } });
  expect(onlyRun()).toMatchObject({
    status: 'continues',
    invocation: 1,
    locked: 2,
    finishedAtMs: null,
    leaseExpiresAtMs: platform.clock.now + HAND_OVER_LEASE_MS
  });
  const second = await runOnFake(platform, platform.scheduled[0]?.parameters);
  expect(second).toMatchObject({ status: 'done', invocation: 2, counts: { alreadyLocked: 2, locked: 3 } });
  expect([...records.runs.values()]).toMatchObject([
    { status: 'done', invocation: 2, alreadyLocked: 0, planned: 5, locked: 5, leaseExpiresAtMs: null }
  ]);

  // The same order once more.
  expect(await runOnFake(platform, platform.scheduled[0]?.parameters)).toMatchObject({
    status: 'refused',
    stopReason: { code: 'RUN_ENDED' }
  });
});

test('an order of a run whose process was killed waits for the lease to end, and then finishes the run', async () => {
  const lease = { startedAtMs: platform.clock.now, leaseExpiresAtMs: platform.clock.now + 60_000 };
  const run = records.add({ status: 'running', runId: 'r', ...lease });
  platform.locked.add(userId(0));
  // The process was killed before its progress was saved again.
  const batch = { runId: 'r', action: 'lock', number: 1, state: 'answered', sentAtMs: platform.clock.now } as const;
  const outcome = { userIds: JSON.stringify([userId(0)]), done: 1, notDone: '[]' };
  await records.save([Object.assign(records.newBatch(run.id), batch, outcome)]);

  expect(await runOnFake(platform, { runId: 'r' })).toMatchObject({ status: 'queued' });
  expect(platform.scheduled).toEqual([{ parameters: { runId: 'r' }, afterMs: 60_000 }]);
  expect(platform.batches).toEqual([]);

  platform.clock.now += 60_000;
  expect(await runOnFake(platform, platform.scheduled[0]?.parameters)).toMatchObject({ status: 'done' });
  expect(records.runs.get(run.id)).toMatchObject({ status: 'done', locked: 5, planned: 5, alreadyLocked: 0 });
});
