import { reachInProcess } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';
import { TaskOnBackend } from '../support/TaskOnBackend';

const MINUTE_MS = 60_000;

test('the built task says who is out where it is not armed, and changes and records nothing', async () => {
  const on = await TaskOnBackend.start();
  on.backend.seed({ users: 30, locked: 4 });
  const before = on.backend.requests().length;

  const report = await on.lock({ action: 'status' }, { LOCK_USERS_ARMED: 'false' });
  const requests = on.backend.requests().slice(before);
  await on.backend.close();

  expect(report).toMatchObject({ action: 'status', status: 'done', counts: { selected: 30 } });
  const { signedOut = 0, notSeenSince = 0, unlocked, unknown } = report.whoIsOut ?? {};
  expect([signedOut + notSeenSince, unlocked, unknown]).toEqual([4, 26, 0]);
  // The names of users are asked for by a query, which is a POST.
  const reads = /^GET |^POST .*\/query\.json$/;
  expect(requests.filter(({ method, path }) => !reads.test(`${method} ${path}`) || /lock_run/.test(path))).toEqual([]);
});

test('in the evening devices are signed out as they connect; in the morning people of the run are in again', async () => {
  const task = new TaskInProcess(reachInProcess());
  const { userIds } = task.backend.seed({ users: 4, neverEnrolled: 4 });
  const devices = userIds.slice(0, 3).map((id) => task.makeDevice(id));
  for (const device of devices) await device.enroll();
  task.passTime(MINUTE_MS);
  const { runId } = await task.run({});
  task.passTime(MINUTE_MS);

  const evening = await task.run({ action: 'status' });
  expect(evening.whoIsOut).toMatchObject({ signedOut: 1, notSeenSince: 3, unlocked: 0, unknown: 0 });
  // The first device connects; the second stays offline.
  expect(await devices[0]?.connect()).toBe('LOCKED');
  const later = await task.run({ action: 'status', run: 'last' });
  expect(later.whoIsOut).toMatchObject({ run: runId, signedOut: 2, notSeenSince: 2, inApp: 0 });
  expect(later.whoIsOut?.users.slice(0, 2).map(({ userId, state }) => [userId, state])).toEqual(
    userIds.slice(1, 3).map((id) => [id, 'notSeenSince'])
  );

  task.passTime(MINUTE_MS);
  await task.run({ undo: runId });
  await devices[0]?.enroll();
  const morning = await task.run({ action: 'status', run: runId });
  expect(morning.whoIsOut).toMatchObject({ run: runId, signedOut: 0, notSeenSince: 0, unlocked: 4, inApp: 1 });
});
