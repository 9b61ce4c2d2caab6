import { callBackend } from '../support/call-backend';
import { TaskOnBackend } from '../support/TaskOnBackend';

let on: TaskOnBackend;
afterEach(() => on.backend.close());

const unlockedIds = (): string[] => on.backend.users().flatMap(({ id, locked }) => (locked ? [] : [id]));

async function setRole(userId: string | undefined, role: string): Promise<void> {
  const answer = await callBackend(on.backend, 'PATCH', `objects/user/${userId}.json`, { user: { role } });
  expect(answer.status).toBe(200);
}

const PROTECT = { LOCK_USERS_PROTECTED_WHERE: '["role = ?", "administrator"]' };

test('the built task locks everybody but those who match the rule, also who came to match it since', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 30 });
  for (const id of userIds) await setRole(id, 'driver');
  await setRole(userIds[3], 'administrator');

  const report = await on.lock({}, { ...PROTECT, LOCK_USERS_PROTECTED: String(userIds[0]) });

  expect(report).toMatchObject({ status: 'done', counts: { selected: 30, protected: 2, locked: 28 } });
  expect(unlockedIds()).toEqual([userIds[0], userIds[3]]);
  expect(on.log).toContain('Protected: 1 user by id, 1 by rule.');

  await on.lock({ action: 'unlock' }, PROTECT);
  await setRole(userIds[7], 'administrator');
  await on.lock({}, PROTECT);
  expect(unlockedIds()).toEqual([userIds[3], userIds[7]]);
});

test.each([
  ['matches nobody', '["name = ?", "nobody is called that"]', 'NOBODY_PROTECTED'],
  ['names a relation', '["depot = ?", "d1"]', 'INVALID_SETTINGS'],
  ['names a field that is not there', '["rol = ?", "administrator"]', 'DATABASE_READ_FAILED']
])('the built task sends nothing where the rule %s', async (_case, rule, code) => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });

  const report = await on.lock({}, { LOCK_USERS_PROTECTED_WHERE: rule });

  expect(report.stopReason).toMatchObject({ code, usersChanged: 'no' });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
});

test('the built task lets everybody back in by an undo but those who match the rule, and names them', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 20 });
  for (const id of userIds) await setRole(id, 'driver');
  const { runId } = await on.lock();
  await setRole(userIds[4], 'mechanic');

  const report = await on.lock({ undo: runId }, { LOCK_USERS_STAY_OUT_WHERE: '["role = ?", "mechanic"]' });

  expect(report).toMatchObject({
    status: 'done',
    counts: { selected: 20, excluded: 1, unlocked: 19 },
    stillLocked: { count: 1, users: [{ userId: userIds[4], type: 'STAYS_OUT' }] }
  });
  expect(unlockedIds()).toHaveLength(19);
  expect(unlockedIds()).not.toContain(userIds[4]);
});

test('the built task keeps out whoever matches the rule, though the query is answered with an error that counts as nobody', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 5 });
  for (const id of userIds) await setRole(id, id === userIds[4] ? 'mechanic' : 'driver');
  const { runId } = await on.lock();
  on.backend.setFaults({
    faults: [{ kind: 'error-body', body: 'json', applied: false, route: 'POST objects/user/query.json', at: [1] }]
  });

  const report = await on.lock({ undo: runId }, { LOCK_USERS_STAY_OUT_WHERE: '["role = ?", "mechanic"]' });

  expect(report).toMatchObject({ status: 'done', counts: { excluded: 1, unlocked: 4 } });
  expect(report.warnings).toBeUndefined();
  expect(on.backend.user(userIds[4] ?? '')?.locked).toBe(true);
});

test('the built task refuses a lock outside its window, and undoes there', async () => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });
  const { runId } = await on.lock();
  const [from, to] = [2, 3].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
  const later = { LOCK_USERS_WINDOW: `${from}-${to} UTC` };

  expect(await on.lock({ undo: runId }, later)).toMatchObject({ status: 'done', counts: { unlocked: 5 } });
  const report = await on.lock({}, later);

  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'OUTSIDE_WINDOW', usersChanged: 'no' } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 2 });
});
