import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';
import { userId, userIds } from '../../support/user-id';

let on: UndoFixture;
beforeEach(() => {
  on = new UndoFixture();
});

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
  const other = on.records.add({ runId: 'other', action: 'lock', status: 'running' });
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

  expect(await runOnFake(on.platform, on.ordered)).toMatchObject({ status: 'done', invocation: 2 });
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
  const again = await runOnFake(on.platform, { runId: 'shift' }, { armed: false });
  expect(again).toMatchObject({ status: 'refused', stopReason: { code: 'NOT_ARMED', usersChanged: 'maybe' } });
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
    // Nothing has shown yet that they are unlocked.
    ['answered', 0],
    ['answered', 0],
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
    status: 'planned',
    stopReason: { code: 'ALREADY_UNDONE' }
  });
});

test('protection keeps nobody locked whom the run locked before they were protected', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();

  await runOnFake(on.platform, { undo: locked.runId }, { protectedIds: [userId(2)] });
  expect(on.locked).toEqual([]);
});

test('a run with many batches is read page by page, and as many of the users who stay locked are named as fit', async () => {
  const ids = userIds(10_500);
  (on.platform.ids as string[]).splice(0, 6, ...ids);
  for (const id of ids.slice(0, 10_050)) on.platform.locked.add(id);
  const locked = await runOnFake(on.platform, { canary: 0, batchSize: 10 });
  expect(on.records.batches.size).toBe(45);
  on.passTime();

  const report = await on.undo(locked.runId);

  expect(report).toMatchObject({ status: 'done', counts: { selected: 450, unlocked: 450 } });
  expect(report.stillLocked?.count).toBe(10_050);
  expect(report.stillLocked?.users.length).toBeGreaterThan(4000);
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(1_000_000);
});

test('a record whose pages are shorter than asked for is read to its end', async () => {
  const locked = await runOnFake(on.platform, { batchSize: 1 });
  on.passTime();
  const read = on.records.readBatches.bind(on.records);
  on.records.readBatches = (wanted, limit, skip) => read(wanted, Math.min(limit, 2), skip);

  expect(await on.undo(locked.runId)).toMatchObject({ status: 'done', counts: { selected: 6, unlocked: 6 } });
});

test('an undo that cannot read the users says of nobody that they are gone', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  on.platform.readUserStates = () => Promise.reject(backendError('BACKEND_REJECTED', 'Not now.', { status: 409 }));

  const report = await on.undo(locked.runId);

  expect(report).toMatchObject({ status: 'failed', counts: { selected: 6, notShown: 0, planned: 6, notAttempted: 6 } });
  expect(report).not.toHaveProperty('stillLocked');
  expect(on.platform.singles).toEqual([]);
});
