import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';
import { userId } from '../../support/user-id';

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

test('users who were locked by a batch whose answer was lost are unconfirmed, and undone', async () => {
  loseFirstAnswer();
  const report = await runOnFake(on.platform, { canary: 0, verify: false });
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

test('the halves of a batch that may have been carried out are unconfirmed where they are refused', async () => {
  let isFirst = true;
  on.platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) on.platform.locked.add(id);
    if (!isFirst) throw classifyResponse('POST batch.json', 422, { type: 'INVALID_OPERATION' });
    isFirst = false;
    throw backendError('BACKEND_UNREACHABLE', 'Too late.', { network: 'timeout' });
  };

  expect((await runOnFake(on.platform, { canary: 0, verify: false })).counts).toMatchObject({
    failed: 0,
    unconfirmed: 6
  });
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
