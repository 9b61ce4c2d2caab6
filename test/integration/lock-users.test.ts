import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { runTask } from '../../tasks/local/runtime/run-task';
import type { TaskRunResult } from '../../tasks/local/runtime/run-task';

const TASK = join(__dirname, '..', '..', 'dist', 'lock_users');
const FAKE_TOKEN = ['local', 'made', 'up'].join('-');

let backend: RunningBackend;
let log: string[];

async function start(switches: BackendOptions['switches'] = {}): Promise<void> {
  backend = await startBackend({ switches, label: 'Depot', environment: 'testing' });
  log = [];
}
afterEach(() => backend.close());

/** Runs the built task as OXIDE's test action does, armed unless `variables` say otherwise. */
function trigger(params?: unknown, variables: Record<string, string> = {}): Promise<TaskRunResult> {
  const environment = {
    JOURNEY_BACKEND_URL: backend.url,
    JOURNEY_API_TOKEN: backend.token,
    LOCK_USERS_ARMED: 'true',
    ...variables
  };
  return runTask({ taskFolder: TASK, params, environment, backend, onLog: (line) => log.push(line) });
}

async function lock(params?: unknown, variables?: Record<string, string>): Promise<Report> {
  const result = await trigger(params, variables);
  if (result.status !== 'returned') throw new Error(JSON.stringify(result));
  return result.result as Report;
}

/** What the task posted, as it arrived. */
const postedBodies = (): string[] =>
  backend
    .requests()
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => body ?? '');
const batchBodies = (): string[] => postedBodies().filter((body) => body.includes('users/lock'));

test.each<[string, unknown]>([
  ['no parameters', undefined],
  ['null', null],
  ['{}', {}]
])(
  'with %s the built task locks everybody but the protected, wipes nothing, and tells the truth',
  async (_name, params) => {
    await start();
    const { userIds } = backend.seed({ users: 200, locked: 12, twoDevices: 30, neverEnrolled: 10 });
    const [first, second] = userIds;

    const report = await lock(params, { LOCK_USERS_PROTECTED: `${first},${second}` });

    expect(report).toMatchObject({
      status: 'done',
      dryRun: false,
      deployment: { label: 'Depot', environment: 'testing', backendId: backend.backendId },
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
      requests: { batch: 1 }
    });
    expect(
      backend
        .users()
        .filter(({ locked }) => !locked)
        .map(({ id }) => id)
    ).toEqual([first, second]);
    expect(backend.state()).toMatchObject({ resetSessions: 0, lockRequests: 1, operations: 186 });
    expect(
      batchBodies()
        .join()
        .match(/"wipe":false/g)
    ).toHaveLength(186);
    expect(JSON.parse(log.at(-1) ?? '')).toEqual(report);
  }
);

test('2500 users go in three batches', async () => {
  await start({ usersPageSize: '10/100' });
  backend.seed({ users: 2500 });

  const report = await lock();

  expect(report).toMatchObject({ status: 'done', counts: { locked: 2500 }, requests: { batch: 3, users: 50 } });
  expect(backend.state()).toMatchObject({ lockedUsers: 2500, lockRequests: 3, resetSessions: 0 });
});

test('a second run finds nothing to do and sends nothing', async () => {
  await start();
  backend.seed({ users: 5 });
  await lock();

  const report = await lock();

  expect(report).toMatchObject({ status: 'done', counts: { alreadyLocked: 5, planned: 0 }, requests: { batch: 0 } });
  expect(backend.state().lockRequests).toBe(1);
});

test.each<[string, Record<string, string>, unknown, string]>([
  ['an unarmed deployment', { LOCK_USERS_ARMED: 'false' }, {}, 'planned'],
  ['a dry run', {}, { dryRun: true }, 'planned'],
  ['dryRun: false where it is not armed', { LOCK_USERS_ARMED: '' }, { dryRun: false }, 'refused'],
  ['too many users', { LOCK_USERS_MAX_USERS: '4' }, {}, 'refused'],
  ['more than maxUsers', {}, { maxUsers: 4 }, 'refused']
])('%s posts nothing', async (_name, variables, params, status) => {
  await start();
  backend.seed({ users: 5 });

  const report = await lock(params, variables);

  expect(report.status).toBe(status);
  expect(postedBodies()).toEqual([]);
  expect(backend.state().lockedUsers).toBe(0);
});

test('where selects by a field of the user, and excludeUserIds leaves one of them out', async () => {
  await start();
  const { userIds } = backend.seed({ users: 8 });

  const report = await lock({ where: ['role = ?', 'driver'], excludeUserIds: [userIds[4]] });

  expect(report.counts).toMatchObject({ selected: 2, excluded: 1, locked: 1 });
  expect(
    backend
      .users()
      .filter(({ locked }) => locked)
      .map(({ id }) => id)
  ).toEqual([userIds[0]]);
});

test('userIds selects those users; one that does not exist is a failure with the platform’s reason', async () => {
  await start();
  const { userIds } = backend.seed({ users: 3 });
  const nobody = '99999999-9999-4999-8999-999999999999';

  const report = await lock({ userIds: [userIds[1], nobody], reason: 'left the company' });

  expect(report).toMatchObject({
    status: 'partial',
    reason: 'left the company',
    counts: { selected: 2, locked: 1, failed: 1 },
    failures: [{ userId: nobody, outcome: 'failed', type: 'OBJECT_NOT_FOUND' }]
  });
  expect(log).toContain(`Warning: 1 ids in "userIds" are no users of this deployment: ${nobody}`);
});

test('where and userIds together select those who are in both', async () => {
  await start();
  const { userIds } = backend.seed({ users: 8 });

  const report = await lock({ where: ['role = ?', 'driver'], userIds: userIds.slice(0, 3) });

  expect(report.counts).toMatchObject({ selected: 1, locked: 1 });
});

test.each<BackendOptions['switches']>([
  { echo: 'ids' },
  { echo: 'all' },
  { listTotal: 'always' },
  { sessionsOfNewUser: 'empty' },
  { repeatLock: 'success' },
  { usersPageSize: '10/100' },
  { missingWipe: 'refuse' }
])('where the platform behaves as %j the task locks all the same', async (switches) => {
  await start(switches);
  backend.seed({ users: 20, twoDevices: 3, neverEnrolled: 2 });

  expect(await lock({ batchSize: 7 })).toMatchObject({
    status: 'done',
    counts: { locked: 20 },
    requests: { batch: 3 }
  });
  expect(backend.state()).toMatchObject({ lockedUsers: 20, resetSessions: 0 });
});

describe('a mistake ends in one clear error, and nobody is locked', () => {
  test.each<[string, unknown, Record<string, string>, string]>([
    [
      'an unknown parameter',
      { dryrun: true },
      {},
      'INVALID_PARAMETERS: Unknown parameter "dryrun". Did you mean "dryRun"?'
    ],
    ['wipe', { wipe: true }, {}, 'INVALID_PARAMETERS: This task never wipes'],
    ['another action', { action: 'unlock' }, {}, 'INVALID_PARAMETERS: "action" must be "lock"'],
    ['text as parameters', 'everybody', {}, 'INVALID_PARAMETERS: Parameters are a JSON object'],
    [
      'maxUsers above the variable',
      { maxUsers: 9 },
      { LOCK_USERS_MAX_USERS: '8' },
      'INVALID_PARAMETERS: "maxUsers" is 9'
    ],
    ['no address', {}, { JOURNEY_BACKEND_URL: '' }, 'INVALID_SETTINGS: JOURNEY_BACKEND_URL is not set.'],
    [
      'a malformed address',
      {},
      { JOURNEY_BACKEND_URL: 'http://example.test/' },
      'INVALID_SETTINGS: JOURNEY_BACKEND_URL must start'
    ],
    ['no token', {}, { JOURNEY_API_TOKEN: '' }, 'INVALID_SETTINGS: JOURNEY_API_TOKEN is not set.'],
    ['a mistyped variable', {}, { LOCK_USERS_PROTECT: 'x' }, 'INVALID_SETTINGS: Unknown variable LOCK_USERS_PROTECT.']
  ])('%s', async (_name, params, variables, message) => {
    await start();
    backend.seed({ users: 3 });

    const result = await trigger(params, variables);

    expect(result).toMatchObject({
      status: 'threw',
      error: { code: message.split(':')[0], message: expect.stringContaining(message) }
    });
    expect(result).toMatchObject({ error: { message: expect.stringContaining('No user was changed.') } });
    expect(backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
  });

  test.each<[string, () => Record<string, string>, string, string]>([
    ['a wrong token', () => ({ JOURNEY_API_TOKEN: FAKE_TOKEN }), 'BACKEND_UNAUTHORIZED', 'Check JOURNEY_API_TOKEN'],
    [
      'an unknown deployment',
      () => ({ JOURNEY_BACKEND_URL: backend.url.replace(/.{24}$/, '0'.repeat(24)) }),
      'UNKNOWN_DEPLOYMENT',
      'Check the 24 hex digits'
    ],
    [
      'a server that is not there',
      () => ({ JOURNEY_BACKEND_URL: backend.url.replace(/:\d+/, ':1') }),
      'BACKEND_UNREACHABLE',
      'ECONNREFUSED'
    ],
    [
      'a user model that is not there',
      () => ({ LOCK_USERS_USER_MODEL: 'worker' }),
      'DATABASE_UNAVAILABLE',
      'Set LOCK_USERS_USER_MODEL'
    ]
  ])('%s', async (_name, variables, code, sentence) => {
    await start();
    backend.seed({ users: 3 });

    const report = await lock({}, variables());

    expect(report).toMatchObject({
      status: 'failed',
      counts: { locked: 0 },
      stopReason: { code, usersChanged: 'no', message: expect.stringMatching(/No user was changed\./) }
    });
    expect(report.stopReason?.message).toContain(sentence);
    expect(backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
    expect(log.join('\n')).not.toContain(FAKE_TOKEN);
  });

  test('a field in where that the model does not have', async () => {
    await start();
    backend.seed({ users: 3 });

    expect(await lock({ where: ['colour = ?', 'red'] })).toMatchObject({
      status: 'failed',
      stopReason: {
        code: 'DATABASE_READ_FAILED',
        message: expect.stringMatching(/no field "colour"\. .*Check "where"/)
      }
    });
    expect(backend.state().lockRequests).toBe(0);
  });
});

test('the log can be followed, names no token, and ends with the report as JSON', async () => {
  await start();
  backend.seed({ users: 3 });

  await lock();

  expect(log.slice(1, -1).map((line) => line.replace(/\(6 requests.*/, '…'))).toEqual([
    `Deployment: Depot (testing), backend ${backend.backendId}`,
    'Selected: 3 users (0 protected, 0 excluded, 0 already locked)',
    'Plan: lock 3 users and keep the data on their devices',
    'Batch 1 of 1: 3 sent, 3 locked, 0 failed.',
    'Result: done: 3 locked, 0 failed, 0 unconfirmed, 0 not attempted …'
  ]);
  expect(log.join('\n')).not.toContain(backend.token);
});
