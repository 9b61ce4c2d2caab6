import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
let runs: number;
const MINUTE_MS = 60_000;

beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
  runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  platform.locked.add(userId(0));
});

/** Locks everybody but user 5; user 0 was locked before. Then time passes. */
async function lock(): Promise<Report> {
  const report = await runOnFake(platform, { excludeUserIds: [userId(5)], batchSize: 2 });
  platform.clock.now += 10 * MINUTE_MS;
  return report;
}

function undo(report: Pick<Report, 'runId'>, params: object = {}, log?: RecordingLog): Promise<Report> {
  return runOnFake(platform, { undo: report.runId, ...params }, {}, log);
}

/** Somebody unlocks the user, who signs in on a device and is locked again. */
function lockAgainByHand(id: string): void {
  platform.changeSession(id, 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now });
}

test('undo unlocks those whom the run locked; who was locked before it stays locked, and the report says who and why', async () => {
  const locked = await lock();
  const log = new RecordingLog();

  const report = await undo(locked, {}, log);

  expect([...platform.locked]).toEqual([userId(0)]);
  expect(report).toMatchObject({
    action: 'unlock',
    undoes: locked.runId,
    status: 'done',
    verified: true,
    stillLocked: { count: 1, users: [{ userId: userId(0), type: 'NOT_BY_THAT_RUN' }] }
  });
  expect(report.counts).toEqual({
    selected: 4,
    protected: 0,
    excluded: 0,
    alreadyUnlocked: 0,
    lockedAgain: 0,
    notShown: 0,
    planned: 4,
    unlocked: 4,
    failed: 0,
    unconfirmed: 0,
    notAttempted: 0
  });
  expect(log.lines.join('\n')).toContain(`stays locked: ${userId(0)}: NOT_BY_THAT_RUN`);
});

test('undoing twice changes nothing the second time, and says so', async () => {
  const locked = await lock();
  await undo(locked);
  platform.singles.length = 0;

  const again = await undo(locked);

  expect(again).toMatchObject({ status: 'done', counts: { alreadyUnlocked: 4, planned: 0, unlocked: 0 } });
  expect(again.stopReason).toEqual({
    code: 'ALREADY_UNDONE',
    message: `There is nothing left to undo: of the 4 users that run ${locked.runId} locked, 4 are unlocked already. No user was changed. No action needed.`,
    usersChanged: 'no',
    nextStep: 'No action needed.'
  });
  expect(platform.singles).toEqual([]);
  expect([...records.runs.values()].at(-1)).toMatchObject({ status: 'done', message: again.stopReason?.message });
});

test('whom somebody has locked by hand since, after a sign-in, stays locked', async () => {
  const locked = await lock();
  lockAgainByHand(userId(2));

  const report = await undo(locked);

  expect([...platform.locked].sort()).toEqual([userId(0), userId(2)]);
  expect(report).toMatchObject({
    status: 'done',
    counts: { selected: 4, lockedAgain: 1, unlocked: 3 },
    stillLocked: { count: 2, users: [{ userId: userId(2), type: 'LOCKED_AGAIN' }, { userId: userId(0) }] }
  });
});

test('whom another run has locked since stays locked', async () => {
  const locked = await lock();
  platform.locked.delete(userId(3));
  await runOnFake(platform, { userIds: [userId(3)] });
  platform.clock.now += MINUTE_MS;

  const report = await undo(locked);

  expect([...platform.locked].sort()).toEqual([userId(0), userId(3)]);
  expect(report.stillLocked?.users[0]).toMatchObject({ userId: userId(3), type: 'LOCKED_AGAIN' });
});

test('who was unlocked by a run and locked by hand without a sign-in stays locked, because the record shows the unlock', async () => {
  const locked = await lock();
  await runOnFake(platform, { action: 'unlock', userIds: [userId(4)] });
  platform.locked.add(userId(4));
  platform.clock.now += MINUTE_MS;

  await undo(locked);

  expect([...platform.locked].sort()).toEqual([userId(0), userId(4)]);
});

test('who was unlocked and locked again by hand without a sign-in is unlocked: nothing shows that somebody did', async () => {
  const locked = await lock();
  platform.locked.delete(userId(4));
  platform.locked.add(userId(4));

  expect(await undo(locked)).toMatchObject({ counts: { unlocked: 4, lockedAgain: 0 } });
});

test('who is locked by hand between the unlock and the verification stays locked', async () => {
  const locked = await lock();
  platform.answerUnlock = (id) => {
    if (id !== userId(2)) platform.locked.delete(id);
    if (id === userId(3)) {
      lockAgainByHand(id);
      platform.locked.add(id);
    }
  };

  const report = await undo(locked);

  expect(report).toMatchObject({ status: 'partial', counts: { unlocked: 2, unconfirmed: 2 } });
  expect(report.failures).toMatchObject([
    { userId: userId(2), type: 'NOT_UNLOCKED' },
    { userId: userId(3), type: 'LOCKED_AGAIN' }
  ]);
  expect(platform.singles).toHaveLength(4);
});

test('excluded users of the run stay locked', async () => {
  const locked = await lock();

  expect(await undo(locked, { excludeUserIds: [userId(1)] })).toMatchObject({ counts: { excluded: 1, unlocked: 3 } });
  expect(platform.locked.has(userId(1))).toBe(true);
});

test('a dry run of it says whom it would unlock and unlocks nobody', async () => {
  const locked = await lock();

  expect(await undo(locked, { dryRun: true })).toMatchObject({ status: 'planned', counts: { planned: 4 } });
  expect(platform.singles).toEqual([]);
});

test('a run that was killed is undone by what it wrote down before it sent', async () => {
  platform.answerBatch = async (operations) => {
    for (const { user_id: id } of operations) platform.locked.add(id);
    return new Promise(() => undefined);
  };
  void runOnFake(platform, { canary: 0, excludeUserIds: [userId(5)], batchSize: 2, concurrency: 1 });
  while (platform.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(platform.locked.size).toBe(3);
  const [killed] = records.runs.values();
  platform.clock.now = (killed?.leaseExpiresAtMs ?? 0) + 1;

  const report = await undo({ runId: killed?.runId ?? '' });

  expect(report).toMatchObject({ status: 'done', counts: { unlocked: 2, alreadyUnlocked: 2 } });
  expect([...platform.locked]).toEqual([userId(0)]);
  expect(records.runs.get(killed?.id ?? '')?.status).toBe('interrupted');
});

test('a run of several invocations is undone whole', async () => {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 1000;
    return answer(operations);
  };
  const first = await runOnFake(platform, { batchSize: 1, concurrency: 1 }, { budgetMs: 2500 });
  await runOnFake(platform, platform.scheduled.at(-1)?.parameters);
  expect(platform.locked.size).toBe(6);
  platform.clock.now += MINUTE_MS;

  expect(await undo(first)).toMatchObject({ status: 'done', counts: { selected: 5, unlocked: 5 } });
  expect([...platform.locked]).toEqual([userId(0)]);
});

test('an undo that takes several invocations goes on where it stopped, and leaves the same users alone', async () => {
  const locked = await lock();
  lockAgainByHand(userId(2));
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    platform.locked.delete(id);
  };
  const first = await runOnFake(platform, { undo: locked.runId, concurrency: 1 }, { budgetMs: 1500 });
  expect(first).toMatchObject({ status: 'continues', counts: { unlocked: 2, notAttempted: 1 } });

  const last = await runOnFake(platform, platform.scheduled.at(-1)?.parameters);

  expect(last).toMatchObject({
    status: 'done',
    invocation: 2,
    earlier: { unlocked: 2 },
    counts: { unlocked: 1, lockedAgain: 1 }
  });
  expect([...platform.locked].sort()).toEqual([userId(0), userId(2)]);
});

test('a user whom the users API no longer shows is not sent, the log names them, and there is an end to undoing', async () => {
  const locked = await lock();
  (platform.ids as string[]).splice(3, 1);
  const log = new RecordingLog();

  expect(await undo(locked, { maxUsers: 3 }, log)).toMatchObject({
    status: 'done',
    counts: { selected: 4, notShown: 1, unlocked: 3, failed: 0 }
  });
  expect(platform.singles).toHaveLength(3);
  expect(log.lines).toContain(
    `Warning: 1 id in the record of run ${locked.runId} is not of this deployment: ${userId(3)}`
  );
  const again = await undo(locked);
  expect(again.stopReason).toMatchObject({
    code: 'ALREADY_UNDONE',
    message: expect.stringContaining('3 are unlocked already, 1 are no longer users of the app.')
  });
});
