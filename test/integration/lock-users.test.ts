import type { Switches } from '../../tasks/local/backend/control/Switches';
import { TaskOnBackend } from '../support/TaskOnBackend';

let on: TaskOnBackend;
afterEach(() => on.backend.close());

/** What the task posted beside its record, as it arrived. */
const lockBodies = (): string[] =>
  on.backend
    .requests()
    .filter(({ authScheme, method }) => authScheme === 'Bearer' && method === 'POST')
    .map(({ body }) => body ?? '');

test.each<[string, unknown]>([
  ['no parameters', undefined],
  ['null', null],
  ['{}', {}]
])(
  'with %s the built task locks everybody but the protected, wipes nothing, and tells the truth',
  async (_name, params) => {
    on = await TaskOnBackend.start();
    const { userIds } = on.backend.seed({ users: 200, locked: 12, twoDevices: 30, neverEnrolled: 10 });
    const [first, second] = userIds;

    const report = await on.lock(params, { LOCK_USERS_PROTECTED: `${first},${second}` });

    expect(report).toMatchObject({
      status: 'done',
      dryRun: false,
      deployment: { label: 'Depot', environment: 'testing', backendId: on.backend.backendId },
      counts: {
        selected: 200,
        protected: 2,
        alreadyLocked: 12,
        planned: 186,
        locked: 186,
        failed: 0,
        unconfirmed: 0,
        notAttempted: 0
      },
      requests: { batch: 2 }
    });
    expect(
      on.backend
        .users()
        .filter(({ locked }) => !locked)
        .map(({ id }) => id)
    ).toEqual([first, second]);
    expect(on.backend.state()).toMatchObject({ resetSessions: 0, lockRequests: 2 });
    expect(
      lockBodies()
        .join()
        .match(/"wipe":false/g)
    ).toHaveLength(186);
    expect(JSON.parse(on.log.at(-1) ?? '')).toEqual(report);
  }
);

test('2500 users go in three batches', async () => {
  on = await TaskOnBackend.start({ usersPageSize: '10/100' });
  on.backend.seed({ users: 2500 });

  const report = await on.lock({ canary: 0 });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 2500 }, requests: { batch: 3 } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 2500, lockRequests: 3, resetSessions: 0 });
});

test('a second run finds nothing to do and sends nothing', async () => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });
  await on.lock();

  const report = await on.lock();

  expect(report).toMatchObject({ status: 'done', counts: { alreadyLocked: 5, planned: 0 }, requests: { batch: 0 } });
  expect(on.backend.state().lockRequests).toBe(2);
});

test.each<[string, Record<string, string>, unknown, string]>([
  ['an unarmed deployment', { LOCK_USERS_ARMED: 'false' }, {}, 'planned'],
  ['a dry run', {}, { dryRun: true }, 'planned'],
  ['dryRun: false where it is not armed', { LOCK_USERS_ARMED: '' }, { dryRun: false }, 'refused'],
  ['too many users', { LOCK_USERS_MAX_USERS: '4' }, {}, 'refused'],
  ['more than maxUsers', {}, { maxUsers: 4 }, 'refused']
])('%s posts nothing', async (_name, variables, params, status) => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });

  const report = await on.lock(params, variables);

  expect(report.status).toBe(status);
  expect(lockBodies()).toEqual([]);
  expect(on.backend.state().lockedUsers).toBe(0);
});

test('where selects by a field of the user, and excludeUserIds leaves one of them out', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 8 });

  const report = await on.lock({ where: ['role = ?', 'driver'], excludeUserIds: [userIds[4]] });

  expect(report.counts).toMatchObject({ selected: 2, excluded: 1, locked: 1 });
  expect(
    on.backend
      .users()
      .filter(({ locked }) => locked)
      .map(({ id }) => id)
  ).toEqual([userIds[0]]);
});

test('userIds selects those users; one that does not exist is a failure with the platform’s reason', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 3 });
  const nobody = '99999999-9999-4999-8999-999999999999';

  const report = await on.lock({ userIds: [userIds[1], nobody], reason: 'left the company' });

  expect(report).toMatchObject({
    status: 'partial',
    reason: 'left the company',
    counts: { selected: 2, locked: 1, failed: 1 },
    failures: [{ userId: nobody, outcome: 'failed', type: 'OBJECT_NOT_FOUND' }]
  });
  expect(on.log).toContain(`Warning: 1 id in "userIds" is not of this deployment: ${nobody}`);
});

test('where and userIds together select those who are in both', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 8 });

  const report = await on.lock({ where: ['role = ?', 'driver'], userIds: userIds.slice(0, 3) });

  expect(report.counts).toMatchObject({ selected: 1, locked: 1 });
});

test('where the platform ignores a filter by id, where and userIds together lock nobody beyond userIds', async () => {
  on = await TaskOnBackend.start({ filterById: 'ignored' });
  const { userIds } = on.backend.seed({ users: 8 });
  const named = [userIds[0] ?? '', userIds[7] ?? ''];

  const report = await on.lock({ where: ['name != ?', 'nobody'], userIds: named });

  expect(report.counts).toMatchObject({ selected: 2, locked: 2 });
  expect(named.map((id) => on.backend.user(id)?.locked)).toEqual([true, true]);
  expect(on.backend.state()).toMatchObject({ lockedUsers: 2 });
});

test.each<Partial<Switches>>([
  { echo: 'ids' },
  { echo: 'all' },
  { listTotal: 'always' },
  { sessionsOfNewUser: 'empty' },
  { repeatLock: 'success' },
  { usersPageSize: '10/100' },
  { missingWipe: 'refuse' },
  { listTotal: 'on-request' },
  { batchUnlock: 'claims-success' },
  { retryAfterHeader: 'date' }
])('where the platform behaves as %j the task locks all the same', async (switches) => {
  on = await TaskOnBackend.start(switches);
  on.backend.seed({ users: 20, twoDevices: 3, neverEnrolled: 2 });

  expect(await on.lock({ canary: 0, batchSize: 7 })).toMatchObject({
    status: 'done',
    counts: { locked: 20 },
    requests: { batch: 3 }
  });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 20, resetSessions: 0 });
});

test.each(['lock', 'unlock', 'reauthenticate'] as const)(
  'where the deployment has no users API, %s says so, and changes nobody',
  async (action) => {
    on = await TaskOnBackend.start({ usersApi: 'absent' });
    on.backend.seed({ users: 3 });

    const { status, stopReason } = await on.lock({ action });

    expect({ status, stopReason }).toMatchObject({
      status: 'failed',
      stopReason: { code: 'NO_USERS_API', usersChanged: 'no', nextStep: expect.stringContaining('data browser') }
    });
    expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0, sessions: { ENROLLED: 3 } });
  }
);

test('the log can be followed, names no token, and ends with the report as JSON', async () => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 3 });

  const report = await on.lock();

  expect(on.log.slice(1, -1).map((line) => line.replace(/\(\d+ requests.*/, '…'))).toEqual([
    `Deployment: Depot (testing), backend ${on.backend.backendId}`,
    'Address and token from JOURNEY_BACKEND_URL, JOURNEY_API_TOKEN',
    'Selected: 3 users (0 protected, 0 excluded, 0 already locked)',
    'Plan: lock 3 users and keep the data on their devices',
    'Nobody is protected: neither LOCK_USERS_PROTECTED nor LOCK_USERS_PROTECTED_WHERE is set.',
    'Batch request 1: 3 sent, 3 locked, 0 failed.',
    'Result: done: 3 locked, 0 failed, 0 unconfirmed, 0 not attempted …',
    `To let them back in: {"undo": "${report.runId}"}`
  ]);
  expect(on.log.join('\n')).not.toContain(on.backend.token);
});
