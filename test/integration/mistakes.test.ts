import { TaskOnBackend } from '../support/TaskOnBackend';

const FAKE_TOKEN = ['local', 'made', 'up'].join('-');

let on: TaskOnBackend;
afterEach(() => on.backend.close());

test.each<[string, unknown, Record<string, string>, string]>([
  [
    'an unknown parameter',
    { dryrun: true },
    {},
    'INVALID_PARAMETERS: Unknown parameter "dryrun". Did you mean "dryRun"?'
  ],
  ['wipe', { wipe: true }, {}, 'INVALID_PARAMETERS: This task never wipes'],
  ['another action', { action: 'wipe' }, {}, 'INVALID_PARAMETERS: "action" must be "lock"'],
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
])('%s ends in one clear error, and nobody is locked', async (_name, params, variables, message) => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 3 });

  const result = await on.trigger(params, variables);

  expect(result).toMatchObject({
    status: 'threw',
    error: { code: message.split(':')[0], message: expect.stringContaining(message) }
  });
  expect(result).toMatchObject({ error: { message: expect.stringContaining('No user was changed.') } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
});

test.each<[string, () => Record<string, string>, string, string]>([
  ['a wrong token', () => ({ JOURNEY_API_TOKEN: FAKE_TOKEN }), 'BACKEND_UNAUTHORIZED', 'Check JOURNEY_API_TOKEN'],
  [
    'an unknown deployment',
    () => ({ JOURNEY_BACKEND_URL: on.backend.url.replace(/.{24}$/, '0'.repeat(24)) }),
    'UNKNOWN_DEPLOYMENT',
    'Check the 24 hex digits'
  ],
  [
    'a server that is not there',
    () => ({ JOURNEY_BACKEND_URL: on.backend.url.replace(/:\d+/, ':1') }),
    'BACKEND_UNREACHABLE',
    'ECONNREFUSED'
  ],
  [
    'a user model that is not there',
    () => ({ LOCK_USERS_USER_MODEL: 'worker' }),
    'DATABASE_UNAVAILABLE',
    'Set LOCK_USERS_USER_MODEL'
  ]
])('%s ends in one clear error, and nobody is locked', async (_name, variables, code, sentence) => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 3 });

  const report = await on.lock({}, variables());

  expect(report).toMatchObject({
    status: 'failed',
    counts: { locked: 0 },
    stopReason: { code, usersChanged: 'no', message: expect.stringMatching(/No user was changed\./) }
  });
  expect(report.stopReason?.message).toContain(sentence);
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
  expect(on.log.join('\n')).not.toContain(FAKE_TOKEN);
});

test('a field in where that the model does not have ends in one clear error, and nobody is locked', async () => {
  on = await TaskOnBackend.start();
  on.backend.seed({ users: 3 });

  expect(await on.lock({ where: ['colour = ?', 'red'] })).toMatchObject({
    status: 'failed',
    stopReason: {
      code: 'DATABASE_READ_FAILED',
      message: expect.stringMatching(/no field "colour"\. .*Check "where"/)
    }
  });
  expect(on.backend.state().lockRequests).toBe(0);
});
