import { SWITCH_VALUES } from '../../tasks/local/backend/control/Switches';
import { reachInProcess } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';
import { TaskOnBackend } from '../support/TaskOnBackend';

const TRY = { batchUnlock: 'try' } as const;
/** Longer than the users API may lag behind a lock. */
const A_WHILE_MS = 5 * 60_000;

test('the built task unlocks in batches where the variable wants it tried and one user shows that it works', async () => {
  const on = await TaskOnBackend.start({ batchUnlock: 'works' });
  on.backend.seed({ users: 30 });
  const { runId } = await on.lock();

  const report = await on.lock({ undo: runId }, { LOCK_USERS_BATCH_UNLOCK: 'try' });
  await on.backend.close();

  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    counts: { unlocked: 30 },
    requests: { batch: 2, single: 0 }
  });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, resetSessions: 0 });
  expect(on.backend.violations()).toEqual([]);
});

test.each(SWITCH_VALUES.batchUnlock)(
  'with batchUnlock=%s an undo and an unlock come to what they come to without the variable',
  async (batchUnlock) => {
    const outcomes = [];
    for (const settings of [{}, TRY]) {
      const task = new TaskInProcess(reachInProcess({ batchUnlock }));
      const { userIds } = task.backend.seed({ users: 40, locked: 3, twoDevices: 5 });
      const { runId } = await task.run({}, { protectedIds: userIds.slice(0, 2) });
      task.passTime(A_WHILE_MS);
      // Somebody lets one of them in, who signs in, and locks them again: an undo leaves them locked.
      const other = userIds[10] ?? '';
      await task.call(`users/${other}/unlock`);
      await task.makeDevice(other).enroll();
      task.passTime(A_WHILE_MS);
      await task.call(`users/${other}/lock`, { wipe: false });
      task.passTime(A_WHILE_MS);

      const undo = await task.run({ undo: runId }, settings);
      const lockedAfterUndo = userIds.filter((id) => task.isLocked(id)).length;
      task.passTime(A_WHILE_MS);
      const unlock = await task.run({ action: 'unlock' }, settings);

      const state = task.backend.state();
      expect(state).toMatchObject({ lockedUsers: 0, resetSessions: 0 });
      expect(task.backend.violations()).toEqual([]);
      outcomes.push(
        [undo, unlock].map(({ status, verified, counts, failures }) => ({ status, verified, counts, failures })),
        lockedAfterUndo
      );
    }

    expect(outcomes.slice(2)).toEqual(outcomes.slice(0, 2));
    expect(outcomes[1]).toBe(4);
  }
);

test('an undo of 10 000 users takes fewer than 80 requests where unlocking in batches works', async () => {
  const task = new TaskInProcess(reachInProcess({ batchUnlock: 'works' }));
  task.backend.seed({ users: 10_000 });
  const { runId } = await task.run({});
  task.passTime(A_WHILE_MS);
  const before = task.backend.requests().length;

  const report = await task.run({ undo: runId }, TRY);

  expect(report).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 10_000 } });
  const taken = task.backend.requests().length - before;
  expect(taken).toBeLessThan(80);
  expect(taken).toBeGreaterThan(30);
});
