import { formatMoment } from '../../cloudcode/lock_users/src/input/unlock-at';
import { reachInProcess } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';

const HOUR_MS = 3_600_000;

test('the task locks everybody in the evening, orders its undo, and lets them in by it in the morning', async () => {
  const reached = reachInProcess();
  const task = new TaskInProcess(reached);
  const { userIds } = reached.backend.seed({ users: 200 });
  const orders: { parameters: object; atMs: number }[] = [];
  task.queue = {
    name: 'lock_users',
    schedule: () => Promise.reject(new Error('Nothing is to go on.')),
    scheduleAt: (parameters, atMs) => Promise.resolve(void orders.push({ parameters, atMs }))
  };
  const unlockAtMs = reached.clock.nowMs() + 8 * HOUR_MS;

  const evening = await task.run({ unlockAt: formatMoment(unlockAtMs) });

  expect(evening).toMatchObject({ status: 'done', counts: { locked: 200 }, unlockAt: formatMoment(unlockAtMs) });
  expect(evening.requests.total).toBeLessThanOrEqual(18);
  expect(orders).toEqual([{ atMs: unlockAtMs, parameters: expect.objectContaining({ undo: evening.runId }) }]);

  task.passTime(4 * HOUR_MS);
  expect(await task.run(orders[0]?.parameters ?? {})).toMatchObject({ status: 'queued' });
  expect(userIds.every((id) => task.isLocked(id))).toBe(true);
  expect(orders[1]).toEqual(orders[0]);

  task.passTime(4 * HOUR_MS);
  const morning = await task.run(orders[1]?.parameters ?? {});

  expect(morning).toMatchObject({ status: 'done', runId: evening.unlockRunId, counts: { unlocked: 200 } });
  expect(userIds.some((id) => task.isLocked(id))).toBe(false);
  const again = await task.run(orders[0]?.parameters ?? {});
  expect(again).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
});

test('a run whose undo never came is told of by the next, and undone by "last"', async () => {
  const reached = reachInProcess();
  const task = new TaskInProcess(reached);
  reached.backend.seed({ users: 5 });
  const taken = (): Promise<void> => Promise.resolve();
  task.queue = { name: 'lock_users', schedule: taken, scheduleAt: taken };
  const { runId } = await task.run({ unlockAt: formatMoment(reached.clock.nowMs() + HOUR_MS) });
  task.passTime(2 * HOUR_MS);

  expect(await task.run({})).toMatchObject({ warnings: [{ code: 'UNLOCK_OVERDUE' }] });
  expect(await task.run({ undo: 'last' })).toMatchObject({ status: 'done', undoes: runId, counts: { unlocked: 5 } });
  expect((await task.run({ dryRun: true })).warnings).toBeUndefined();
});
