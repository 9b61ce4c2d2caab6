import { backendError, classifyAnswer } from '../../../cloudcode/lock_users/src/core/classify-answer';
import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';
import { userId, userIds } from '../../support/user-id';

let on: UndoFixture;
beforeEach(() => {
  on = new UndoFixture();
});

/** The answer to the first batch is lost after it was carried out, and locking a locked user is an error. */
function loseFirstAnswer(error = backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' })): void {
  let isFirst = true;
  on.platform.answerBatch = (operations) => {
    const results = operations.map(({ user_id: id }) =>
      on.platform.locked.has(id) ? { success: false, error: { type: 'INVALID_OPERATION' } } : { success: true }
    );
    for (const { user_id: id } of operations) on.platform.locked.add(id);
    if (!isFirst) return { operations: results };
    isFirst = false;
    throw error;
  };
}

test('an order of an undone run that comes late locks nobody again', async () => {
  on.slowDown();
  const first = await runOnFake(on.platform, { batchSize: 1, concurrency: 1 }, { budgetMs: 2500 });
  const late = on.ordered;
  on.passTime(11);
  const undone = await on.undo(first.runId);
  on.passTime();

  const resumed = await runOnFake(on.platform, late);

  expect(resumed).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(resumed.stopReason?.message).toContain(`run ${undone.runId} has undone it`);
  expect(on.locked).toEqual([]);
});

test('a killed run that was undone is not carried out when it is delivered again', async () => {
  await on.kill();
  expect(await on.undo('shift')).toMatchObject({ status: 'done', counts: { unlocked: 2 } });

  expect(await runOnFake(on.platform, { runId: 'shift' })).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
  expect(on.locked).toEqual([]);
  expect(on.record('shift')).toMatchObject({ status: 'interrupted', undoneBy: expect.stringMatching(/^run-/) });
});

test('a dry run of an undo marks nothing, and the run can still be finished', async () => {
  await on.kill();
  await on.undo('shift', { dryRun: true });

  expect(await runOnFake(on.platform, { runId: 'shift' })).toMatchObject({ status: 'done' });
  expect(on.locked).toHaveLength(6);
});

test('a killed run that comes back while another one is under way waits for its turn, and can be undone', async () => {
  await on.kill();
  const other = on.records.add({ ...{ runId: 'other', action: 'lock', status: 'running' } });
  Object.assign(other, { leaseExpiresAtMs: on.platform.clock.now + 60_000 });

  const waiting = await runOnFake(on.platform, { runId: 'shift', batchSize: 2 });
  expect(waiting.status).toBe('queued');
  expect(on.platform.scheduled.at(-1)).toMatchObject({ parameters: { runId: 'shift' }, afterMs: 60_000 });
  on.records.runs.delete(other.id);
  on.passTime();

  expect(await runOnFake(on.platform, on.ordered)).toMatchObject({ status: 'done', counts: { alreadyLocked: 2 } });
  on.passTime();
  expect(await on.undo('shift')).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
});

test('a later invocation that finds another run under way comes back and is carried out', async () => {
  on.slowDown();
  await runOnFake(on.platform, { batchSize: 1, concurrency: 1 }, { budgetMs: 2500 });
  on.passTime(11);
  const other = on.records.add({ runId: 'other', action: 'lock', status: 'running' });
  Object.assign(other, { leaseExpiresAtMs: on.platform.clock.now + 60_000 });
  expect((await runOnFake(on.platform, on.ordered)).status).toBe('queued');
  on.records.runs.delete(other.id);
  on.passTime();

  expect(await runOnFake(on.platform, on.ordered)).toMatchObject({ status: 'done', hop: 2 });
  expect(on.locked).toHaveLength(6);
});

test('a run whose later invocation may not go on is partial, and what it locked can be undone', async () => {
  on.slowDown();
  const first = await runOnFake(on.platform, { maxUsers: 6, batchSize: 1, concurrency: 1 }, { budgetMs: 2500 });
  (on.platform.ids as string[]).push(...userIds(9).slice(6));

  const second = await runOnFake(on.platform, on.ordered);
  expect(second).toMatchObject({ status: 'partial', stopReason: { code: 'TOO_MANY_USERS' }, earlier: { locked: 3 } });
  expect(second.stopReason?.message).toContain('would lock 9 users');
  expect(on.locked).toHaveLength(3);
  on.passTime();

  expect(await on.undo(first.runId)).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
});

test('a killed run that comes back after the deployment was disarmed keeps its record, and can be undone', async () => {
  await on.kill();
  await runOnFake(on.platform, { runId: 'shift' }, { armed: false });
  expect(on.record('shift')?.status).not.toBe('planned');

  expect(await on.undo('shift')).toMatchObject({ status: 'done', counts: { unlocked: 2 } });
});

test.each([
  ['a record that says refused', 'refused'],
  ['a record that says planned', 'planned']
] as const)('%s does not hide what its batches say', async (_name, status) => {
  const locked = await runOnFake(on.platform);
  Object.assign(on.record(locked.runId) ?? {}, { status });
  on.passTime();

  expect(await on.undo(locked.runId)).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
});

test('users who were locked by a batch whose answer was lost are in doubt, and undone', async () => {
  loseFirstAnswer();
  const report = await runOnFake(on.platform, { verify: false });
  expect(report).toMatchObject({ status: 'partial', counts: { failed: 0, unconfirmed: 6 } });
  on.passTime();

  expect(await on.undo(report.runId)).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
});

test('they are undone as well where the time was up before anybody looked', async () => {
  loseFirstAnswer();
  on.slowDown();
  const first = await runOnFake(on.platform, { concurrency: 1 }, { budgetMs: 2000 });
  await runOnFake(on.platform, on.ordered);
  on.passTime();

  await on.undo(first.runId);
  expect(on.locked).toEqual([]);
});

test('the halves of a batch that may have been carried out are in doubt where they are refused', async () => {
  let isFirst = true;
  on.platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) on.platform.locked.add(id);
    if (!isFirst) throw classifyAnswer('POST batch.json', 422, { type: 'INVALID_OPERATION' });
    isFirst = false;
    throw backendError('BACKEND_UNREACHABLE', 'Too late.', { network: 'timeout' });
  };

  expect((await runOnFake(on.platform, { verify: false })).counts).toMatchObject({ failed: 0, unconfirmed: 6 });
});

/** The users API leaves the first user out the first time, as where pages shift while they are read. */
function missFirstUser(): void {
  const read = on.platform.readUserStates.bind(on.platform);
  let looks = 0;
  on.platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return ++looks === 1 ? { ...page, users: page.users.slice(1) } : page;
  };
}

test('a user whom the first look misses is looked for again, so that who was locked before stays locked', async () => {
  on.platform.locked.add(userId(0));
  missFirstUser();
  const locked = await runOnFake(on.platform);
  expect(locked.counts).toMatchObject({ alreadyLocked: 1, locked: 5 });
  on.passTime();

  await on.undo(locked.runId);
  expect(on.locked).toEqual([userId(0)]);
});

test('a later run that misses a user at first does not pass for having found them unlocked', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  missFirstUser();
  await runOnFake(on.platform);
  on.passTime();

  await on.undo(locked.runId);
  expect(on.locked).toEqual([]);
});

test('whom an undo left locked because somebody may have locked them just then, the next undo leaves locked too', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  on.platform.answerUnlock = (id) => {
    if (id !== userId(3)) on.platform.locked.delete(id);
  };
  expect((await on.undo(locked.runId)).failures).toMatchObject([{ userId: userId(3), type: 'NOT_UNLOCKED' }]);

  const again = await on.undo(locked.runId);

  expect(on.locked).toEqual([userId(3)]);
  expect(again.stillLocked?.users[0]?.detail).toContain('has unlocked this user since, or was told so');
});

test('an undo that is sent again does not override somebody who has locked the user meanwhile', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  on.platform.answerUnlock = (id) => {
    if (id !== userId(3)) return void on.platform.locked.delete(id);
    on.platform.changeSession(id, 'phone', { state: 'LOCKED', signedOutAtMs: on.platform.clock.now });
    throw backendError('BACKEND_REJECTED', 'Not now.', { status: 409 });
  };

  const report = await on.undo(locked.runId);

  expect(report.failures).toMatchObject([{ userId: userId(3), outcome: 'failed', type: 'LOCKED_AGAIN' }]);
  expect(on.platform.singles.filter((single) => single.endsWith(userId(3)))).toHaveLength(1);
});

test('an undo that was killed is finished by the next one', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  const unlock = on.platform.answerUnlock;
  on.platform.answerUnlock = (id) => (id === userId(4) ? new Promise(() => undefined) : unlock(id));
  void on.undo(locked.runId, { runId: 'back', concurrency: 1 });
  while (on.platform.singles.length < 5) await new Promise((resolve) => setImmediate(resolve));
  on.platform.answerUnlock = unlock;
  on.passTime();

  const again = await on.undo(locked.runId, { runId: 'back', concurrency: 1 });

  expect(on.locked).toEqual([]);
  expect(again).toMatchObject({ status: 'done', counts: { alreadyUnlocked: 4, unlocked: 2 } });
  expect(await on.undo(locked.runId)).toMatchObject({ stopReason: { code: 'ALREADY_UNDONE' } });
});

test('an undo that was killed at its end and comes back does not say that it changed nobody', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  const read = on.platform.readUserStates.bind(on.platform);
  let looks = 0;
  on.platform.readUserStates = (...args) => (++looks > 1 ? new Promise(() => undefined) : read(...args));
  void on.undo(locked.runId, { runId: 'back' });
  while (looks < 2) await new Promise((resolve) => setImmediate(resolve));
  on.platform.readUserStates = read;
  on.passTime();

  const again = await on.undo(locked.runId, { runId: 'back' });

  expect(again).toMatchObject({ status: 'done', counts: { alreadyUnlocked: 6, planned: 0 } });
  expect(again.stopReason).toBeUndefined();
});

test('the groups of a killed undo have their outcome in the record as soon as the next group is written down', async () => {
  const ids = userIds(250);
  (on.platform.ids as string[]).splice(0, 6, ...ids);
  const locked = await runOnFake(on.platform);
  on.passTime();
  const unlock = on.platform.answerUnlock;
  on.platform.answerUnlock = (id) => (id === userId(230) ? new Promise(() => undefined) : unlock(id));
  void on.undo(locked.runId, { concurrency: 1 });
  while (on.platform.singles.length < 231) await new Promise((resolve) => setImmediate(resolve));

  const groups = [...on.records.batches.values()].filter(({ action }) => action === 'unlock');
  expect(groups.map(({ state, done }) => [state, done])).toEqual([
    ['answered', 100],
    ['sent', null],
    ['sent', null]
  ]);
});

test('the counts of the record add up, also where somebody interferes between two invocations', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  on.slowDown();
  await on.undo(locked.runId, { concurrency: 1 });
  on.platform.locked.clear();
  for (const id of userIds(6)) on.platform.locked.add(id);
  const first = await runOnFake(on.platform, { action: 'unlock', concurrency: 1 }, { budgetMs: 2500 });
  on.platform.locked.add(userId(0));
  await runOnFake(on.platform, on.ordered);

  const run = on.record(first.runId);
  const sum = (...counts: unknown[]): number => counts.reduce((total: number, count) => total + Number(count), 0);
  expect(sum(run?.protected, run?.excluded, run?.alreadyUnlocked, run?.planned)).toBe(run?.selected);
  expect(sum(run?.unlocked, run?.failed, run?.unconfirmed, run?.notAttempted)).toBe(run?.planned);
});

test('a refused undo says nothing of who stays locked, because it has not looked', async () => {
  on.platform.locked.add(userId(0));

  expect(await on.undo('unknown')).not.toHaveProperty('stillLocked');
});

test('an undo that excludes everybody does not claim that nothing is left to undo', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();

  const report = await on.undo(locked.runId, { excludeUserIds: userIds(6) });

  expect(report).toMatchObject({ status: 'done', counts: { excluded: 6, planned: 0 } });
  expect(report.stopReason).toBeUndefined();
});

test('a dry run of a second undo says that nothing is left to undo', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  await on.undo(locked.runId);

  expect(await on.undo(locked.runId, { dryRun: true })).toMatchObject({
    ...{ status: 'planned', stopReason: { code: 'ALREADY_UNDONE' } }
  });
});

test('protection keeps nobody locked whom the run locked before they were protected', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();

  await runOnFake(on.platform, { undo: locked.runId }, { protectedIds: [userId(2)] });
  expect(on.locked).toEqual([]);
});

test('a run with many batches is read page by page, and no more than 10 000 users who stay locked are named', async () => {
  const ids = userIds(10_500);
  (on.platform.ids as string[]).splice(0, 6, ...ids);
  for (const id of ids.slice(0, 10_050)) on.platform.locked.add(id);
  const locked = await runOnFake(on.platform, { batchSize: 10 });
  expect(on.records.batches.size).toBe(45);
  on.passTime();

  const report = await on.undo(locked.runId);

  expect(report).toMatchObject({ status: 'done', counts: { selected: 450, unlocked: 450 } });
  expect(report.stillLocked?.count).toBe(10_050);
  expect(report.stillLocked?.users).toHaveLength(10_000);
});
