import { inspect } from 'node:util';
import { parseSettings } from '../../../cloudcode/lock_users/src/input/settings';
import { userId } from '../../support/user-id';

const TOKEN = ['not', 'a', 'real', 'one'].join('-');
const ID = '64b0c0ffee64b0c0ffee64b0';
const ENVIRONMENT = { JOURNEY_BACKEND_URL: `https://backend.example.test/api/v4/${ID}`, JOURNEY_API_TOKEN: TOKEN };

test('two variables are enough, and nothing is armed by default', () => {
  const { token, ...settings } = parseSettings(ENVIRONMENT);

  expect(token.reveal()).toBe(TOKEN);
  expect(settings).toEqual({
    backendUrl: ENVIRONMENT.JOURNEY_BACKEND_URL,
    backendId: ID,
    webhook: false,
    batchUnlock: 'off',
    armed: false,
    authScheme: 'Bearer',
    protectedIds: [],
    canaryIds: [],
    keepDays: 90,
    userModel: 'user',
    pace: { rate: 16, burst: 600 },
    budgetMs: 270_000
  });
});

test.each<[string, Record<string, string>, object]>([
  ['armed', { LOCK_USERS_ARMED: 'true' }, { armed: true }],
  ['the webhook on', { LOCK_USERS_WEBHOOK: 'true' }, { webhook: true }],
  ['disarmed', { LOCK_USERS_ARMED: 'false' }, { armed: false }],
  ['an empty variable as not set', { LOCK_USERS_ARMED: '', LOCK_USERS_MAX_USERS: ' ' }, { armed: false }],
  ['test users', { LOCK_USERS_CANARY: `${userId(1)},${userId(2)}` }, { canaryIds: [userId(1), userId(2)] }],
  [
    'protected users',
    { LOCK_USERS_PROTECTED: ` ${userId(1)}, ${userId(2)},` },
    { protectedIds: [userId(1), userId(2)] }
  ],
  [
    'a rule for protected users',
    { LOCK_USERS_PROTECTED_WHERE: ' ["role = ? and depot_id in ?", "administrator", ["d1"]] ' },
    { protectedWhere: { text: 'role = ? and depot_id in ?', values: ['administrator', ['d1']] } }
  ],
  [
    'a rule for users who stay out',
    { LOCK_USERS_STAY_OUT_WHERE: '["active = ?", false]' },
    { stayOutWhere: { text: 'active = ?', values: [false] } }
  ],
  [
    'a window',
    { LOCK_USERS_WINDOW: '21:00-23:30 Europe/Berlin' },
    {
      window: { text: '21:00-23:30 Europe/Berlin', fromMinute: 1260, toMinute: 1410, timeZone: 'Europe/Berlin' }
    }
  ],
  ['unlocking in batches tried', { LOCK_USERS_BATCH_UNLOCK: 'try' }, { batchUnlock: 'try' }],
  ['the largest run', { LOCK_USERS_MAX_USERS: '500' }, { maxUsers: 500 }],
  ['the pace', { LOCK_USERS_RATE: '2.5', LOCK_USERS_BURST: '1' }, { pace: { rate: 2.5, burst: 1 } }],
  ['the time budget', { LOCK_USERS_BUDGET_SECONDS: '2' }, { budgetMs: 2000 }],
  ['another user model', { LOCK_USERS_USER_MODEL: 'worker' }, { userModel: 'worker' }],
  [
    'a slash at the end',
    { JOURNEY_BACKEND_URL: `https://h.test/api/v4/${ID}/` },
    { backendUrl: `https://h.test/api/v4/${ID}` }
  ],
  ['http on 127.0.0.1', { JOURNEY_BACKEND_URL: `http://127.0.0.1:81/api/v4/${ID}` }, { backendId: ID }],
  ['http on localhost', { JOURNEY_BACKEND_URL: `http://localhost/api/v4/${ID}` }, { backendId: ID }],
  ['http on [::1]', { JOURNEY_BACKEND_URL: `http://[::1]:81/api/v4/${ID}` }, { backendId: ID }]
])('reads %s', (_name, variables, expected) => {
  expect(parseSettings({ ...ENVIRONMENT, ...variables })).toMatchObject(expected);
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['no address', { JOURNEY_BACKEND_URL: undefined }, 'JOURNEY_BACKEND_URL is not set.'],
  ['no token', { JOURNEY_API_TOKEN: undefined }, 'JOURNEY_API_TOKEN is not set.'],
  ['unlocking in batches unseen', { LOCK_USERS_BATCH_UNLOCK: 'true' }, 'LOCK_USERS_BATCH_UNLOCK must be try or off.'],
  ['a rate of 0', { LOCK_USERS_RATE: '0' }, 'LOCK_USERS_RATE must be a number from 0.1 to 1000.'],
  ['a rate in words', { LOCK_USERS_RATE: '1e3' }, 'LOCK_USERS_RATE must be a number'],
  ['a burst below 1', { LOCK_USERS_BURST: '0.5' }, 'LOCK_USERS_BURST must be a number from 1 to 100000.'],
  ['a budget over the platform’s limit', { LOCK_USERS_BUDGET_SECONDS: '300' }, 'must be a number from 1 to 275.'],
  ['an address that is none', { JOURNEY_BACKEND_URL: 'backend' }, 'JOURNEY_BACKEND_URL is not an address.'],
  ['http to another host', { JOURNEY_BACKEND_URL: `http://h.test/api/v4/${ID}` }, 'must start with https://'],
  [
    'a host that only starts like loopback',
    { JOURNEY_BACKEND_URL: `http://127.0.0.1.test/api/v4/${ID}` },
    'must start with https://'
  ],
  ['the wrong path', { JOURNEY_BACKEND_URL: `https://h.test/api/v1/${ID}` }, 'does not look right'],
  ['a short id', { JOURNEY_BACKEND_URL: 'https://h.test/api/v4/64b0' }, 'does not look right'],
  ['a query', { JOURNEY_BACKEND_URL: `https://h.test/api/v4/${ID}?a=1` }, 'does not look right'],
  [
    'a password in the address',
    { JOURNEY_BACKEND_URL: `https://u:p@h.test/api/v4/${ID}` },
    'must not hold a user name'
  ],
  ['the scheme in the token', { JOURNEY_API_TOKEN: `Bearer ${TOKEN}` }, 'without "Bearer"'],
  ['a line break in the token', { JOURNEY_API_TOKEN: `${TOKEN}\r\nX: y` }, 'a space or another character'],
  ['armed with a capital', { LOCK_USERS_ARMED: 'True' }, 'LOCK_USERS_ARMED must be true or false.'],
  ['the webhook on with yes', { LOCK_USERS_WEBHOOK: 'yes' }, 'LOCK_USERS_WEBHOOK must be true or false.'],
  ['armed with 1', { LOCK_USERS_ARMED: '1' }, 'LOCK_USERS_ARMED must be true or false.'],
  ['a name as protected', { LOCK_USERS_PROTECTED: `${userId(1)},Pat` }, 'In LOCK_USERS_PROTECTED, entry 2 ("Pat")'],
  [
    'a rule that is no JSON',
    { LOCK_USERS_PROTECTED_WHERE: 'role = x' },
    'LOCK_USERS_PROTECTED_WHERE is not valid JSON.'
  ],
  [
    'a rule that is no list',
    { LOCK_USERS_PROTECTED_WHERE: '{}' },
    'LOCK_USERS_PROTECTED_WHERE must be an array such as'
  ],
  [
    'a rule without a text',
    { LOCK_USERS_PROTECTED_WHERE: '[]' },
    'LOCK_USERS_PROTECTED_WHERE starts with the query text'
  ],
  [
    'a rule with a value in its text',
    { LOCK_USERS_PROTECTED_WHERE: `["role = 'a'"]` },
    'LOCK_USERS_PROTECTED_WHERE has fields, operators'
  ],
  [
    'a rule without its value',
    { LOCK_USERS_PROTECTED_WHERE: '["role = ?"]' },
    'LOCK_USERS_PROTECTED_WHERE has 1 "?" in its text and 0 values'
  ],
  ['a rule cut short', { LOCK_USERS_STAY_OUT_WHERE: '["active = ?"' }, 'LOCK_USERS_STAY_OUT_WHERE is not valid JSON.'],
  ['a limit of 0', { LOCK_USERS_MAX_USERS: '0' }, 'LOCK_USERS_MAX_USERS must be a whole number of at least 1.'],
  ['a limit with a unit', { LOCK_USERS_MAX_USERS: '10k' }, 'LOCK_USERS_MAX_USERS must be a whole number'],
  ['a model that is no name', { LOCK_USERS_USER_MODEL: '__proto__' }, 'LOCK_USERS_USER_MODEL must be the name'],
  [
    'a mistyped variable',
    { LOCK_USERS_PROTECTD: userId(1) },
    'Unknown variable LOCK_USERS_PROTECTD. Did you mean "LOCK_USERS_PROTECTED"?'
  ],
  [
    'a variable with a lost letter',
    { LOCK_USER_ARMED: 'true' },
    'Unknown variable LOCK_USER_ARMED. Did you mean "LOCK_USERS_ARMED"?'
  ],
  ['dashes', { 'LOCK-USERS-PROTECTED': userId(1) }, 'LOCK-USERS-PROTECTED. Did you mean "LOCK_USERS_PROTECTED"?'],
  ['no separators', { LOCKUSERSPROTECTED: userId(1) }, 'LOCKUSERSPROTECTED. Did you mean "LOCK_USERS_PROTECTED"?'],
  ['small letters', { lock_users_armed: 'true' }, 'lock_users_armed. Did you mean "LOCK_USERS_ARMED"?'],
  ['a space in front', { ' LOCK_USERS_ARMED': 'true' }, 'Did you mean "LOCK_USERS_ARMED"?'],
  ['another form', { LOCKED_USERS_PROTECTED: 'x' }, 'LOCKED_USERS_PROTECTED. Did you mean "LOCK_USERS_PROTECTED"?'],
  ['another form and no such end', { LOCKED_USERS_FOO_BAR_BAZ: 'x' }, 'Unknown variable LOCKED_USERS_FOO_BAR_BAZ.'],
  ['a slip in the first word', { LOKC_USERS_ARMED: 'true' }, 'LOKC_USERS_ARMED. Did you mean "LOCK_USERS_ARMED"?'],
  ['a lost underscore', { JOURNEY_APITOKEN: 'x' }, 'JOURNEY_APITOKEN. Did you mean "JOURNEY_API_TOKEN"?'],
  ['two slips', { JOURNY_BACKEND_URI: 'x' }, 'JOURNY_BACKEND_URI. Did you mean "JOURNEY_BACKEND_URL"?'],
  ['a name with a terminal code', { 'LOCK_USERS_\u001b[2J': 'x' }, 'Unknown variable LOCK_USERS_\\u001b[2J.'],
  ['an address in quotes', { JOURNEY_BACKEND_URL: `"https://h.test/api/v4/${ID}"` }, 'BACKEND_URL is in quotes.'],
  ['a token in quotes', { JOURNEY_API_TOKEN: `'${TOKEN}'` }, 'JOURNEY_API_TOKEN is in quotes.'],
  ['a token in the quotes of a text processor', { JOURNEY_API_TOKEN: `“${TOKEN}”` }, 'JOURNEY_API_TOKEN is in quotes.'],
  ['a token that lost one quote', { JOURNEY_API_TOKEN: `${TOKEN}"` }, 'JOURNEY_API_TOKEN is in quotes.']
])('refuses %s', (_name, variables, sentence) => {
  expect(() => parseSettings({ ...ENVIRONMENT, ...variables })).toThrow(
    expect.objectContaining({ code: 'INVALID_SETTINGS', message: expect.stringContaining(sentence) })
  );
});

test('variables of other tasks are none of our business', () => {
  const others = {
    JOURNEY_API_TOKEN_STAGING: 'x',
    JOURNEY_BACKEND_ID: 'x',
    LOCK_DEVICES: 'x',
    USERS: 'x',
    BLOCK_USERS: 'x'
  };

  expect(parseSettings({ ...ENVIRONMENT, ...others })).toMatchObject({ backendId: ID });
});

test('no error shows the token or a password, and the settings print it as [redacted]', () => {
  const wrong = () =>
    parseSettings({ JOURNEY_BACKEND_URL: `https://u:${TOKEN}@h.test/`, JOURNEY_API_TOKEN: `x ${TOKEN}` });
  const settings = parseSettings(ENVIRONMENT);

  expect(wrong).toThrow(expect.objectContaining({ message: expect.not.stringContaining(TOKEN) }));
  expect(() => parseSettings({ ...ENVIRONMENT, JOURNEY_API_TOKEN: `"${TOKEN}"` })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(TOKEN) })
  );
  expect(inspect(settings)).not.toContain(TOKEN);
  expect(JSON.stringify(settings)).toContain('"token":"[redacted]"');
});

describe('the credentials of the runtime', () => {
  const runtime = { backend: { url: ENVIRONMENT.JOURNEY_BACKEND_URL, token: TOKEN } };

  test('are used with the scheme Token where neither variable is set', () => {
    const { backendId, authScheme, token } = parseSettings({ JOURNEY_BACKEND_URL: '', LOCK_USERS_ARMED: '' }, runtime);

    expect({ backendId, authScheme, token: token.reveal() }).toEqual({
      backendId: ID,
      authScheme: 'Token',
      token: TOKEN
    });
  });

  test('are not used where both variables are set', () => {
    const other = { backend: { url: 'https://other.example.test', token: 'other' } };

    expect(parseSettings(ENVIRONMENT, other)).toMatchObject({ backendId: ID, authScheme: 'Bearer' });
  });

  test.each([
    ['JOURNEY_API_TOKEN', { JOURNEY_BACKEND_URL: ENVIRONMENT.JOURNEY_BACKEND_URL }],
    ['JOURNEY_BACKEND_URL', { JOURNEY_API_TOKEN: TOKEN }]
  ])('do not stand in for %s alone', (name, environment) => {
    expect(() => parseSettings(environment, runtime)).toThrow(`${name} is not set.`);
  });

  test.each([undefined, null, {}, { backend: null }, { backend: { url: 5, token: TOKEN } }, { backend: { url: '' } }])(
    'are not there in %j',
    (nothing) => {
      expect(() => parseSettings({}, nothing)).toThrow('JOURNEY_BACKEND_URL is not set.');
    }
  );
});

test.each(['x'.repeat(31), `${'x'.repeat(32)} y`, `${'x'.repeat(31)}ü`])(
  'the web secret %j is refused, and not repeated',
  (secret) => {
    const parse = (): unknown => parseSettings({ ...ENVIRONMENT, LOCK_USERS_WEB_SECRET: secret });

    expect(parse).toThrow('LOCK_USERS_WEB_SECRET must have at least 32 characters, without spaces.');
    expect(parse).not.toThrow(secret);
  }
);
