import { SCHEMA, WITHOUT_RECORDS } from '../support/app-schema';
import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
afterEach(() => operator.close());

test('a deployment that is well gets ✓ for everything that shows, and nothing is changed', async () => {
  operator = await LocalOperator.start();
  const { userIds } = operator.backend.seed({ users: 3 });
  operator.configure({ variables: { LOCK_USERS_PROTECTED: userIds[0] } });

  const terminal = operator.open({ isTerminal: true });
  const { code, stdout, stderr } = operator.note(await terminal.call('doctor'));

  expect(code).toBe(0);
  expect(stdout).not.toContain('✗');
  for (const check of [
    'address',
    'token',
    'environment',
    'clock',
    'users API',
    'user model',
    'record models',
    'webhook',
    'protection',
    'open runs',
    'limits'
  ]) {
    expect(stdout).toContain(`\u001b[32m✓\u001b[0m ${check}: `);
  }
  expect(stderr).toBe('Next: lock-users plan\n');
  expect(
    operator.backend.requests().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/query.json'))
  ).toEqual([]);
});

test('NO_COLOR and TERM=dumb leave the marks without colour', async () => {
  operator = await LocalOperator.start();
  for (const variables of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    const terminal = operator.open({ isTerminal: true });
    Object.assign(terminal.environment, variables);
    expect((await terminal.call('doctor')).stdout).toMatch(/^✓ address/);
  }
});

test('a wrong token ends with 4, a wrong address with 1, and the rest is not looked at', async () => {
  operator = await LocalOperator.start();
  const wrongToken = await operator.open({ token: 'another' }).call('doctor');
  expect(wrongToken.code).toBe(4);
  expect(wrongToken.stdout).toContain('"check": "token",\n      "state": "bad"');

  operator.configure({ backendUrl: operator.backend.url.replace(/[0-9a-f]{24}$/, 'f'.repeat(24)) });
  const { code, of } = await operator.examine();
  expect(code).toBe(1);
  expect(of('address')).toMatchObject([{ state: 'bad' }]);
  expect(of('user model')).toEqual([]);
});

test('each command names what is wrong by where it has it from: the variable of the token, and the address in .journeyrc', async () => {
  operator = await LocalOperator.start();
  const { backend } = operator;
  const commands = [['doctor'], ['plan'], ['runs'], ['status'], ['status', 'last'], ['stop', 'last'], ['undo', 'last']];
  for (const command of commands) {
    const { code, stdout } = await operator.open({ token: 'another' }).call(...command);
    expect({ command, code, stdout }).toEqual({
      command,
      code: 4,
      stdout: expect.stringContaining('Check the variable TOKEN_OF_THE_TEST: ') as string
    });
    expect(stdout).not.toMatch(/JOURNEY_|deployed/);
  }
  const [origin, unknown] = [new URL(backend.url).origin, backend.url.replace(/[0-9a-f]{24}$/, 'f'.repeat(24))];
  const closed = backend.url.replace(origin, 'http://127.0.0.1:1');
  for (const [backendUrl, says] of [
    [unknown, 'Check the 24 hex digits in \\"backendUrl\\" in .journeyrc: '],
    [closed, 'Check the host in \\"backendUrl\\" in .journeyrc and the network, then try again.']
  ] as const) {
    operator.configure({ backendUrl });
    for (const command of [['doctor'], ['runs']]) {
      expect((await operator.call(...command)).stdout).toContain(says);
    }
    expect((await operator.call('doctor', '--backend-url', backendUrl)).stdout).toContain('in --backend-url');
  }
});

test.each([
  ['another environment', { environment: 'production' }, 'environment', 'says "testing"'],
  ['no environment', { environment: undefined }, 'environment', 'do not say which environment'],
  ['another user model', { variables: { LOCK_USERS_USER_MODEL: 'driver' } }, 'user model', 'no model "driver"'],
  ['a user model without objects', { variables: { LOCK_USERS_USER_MODEL: 'depot' } }, 'user model', 'no objects'],
  [
    'protected ids that are not there',
    { variables: { LOCK_USERS_PROTECTED: '00000000-0000-4000-8000-000000000000' } },
    'protection',
    'Not users of this deployment'
  ],
  [
    'a rule that matches nobody',
    { variables: { LOCK_USERS_PROTECTED_WHERE: '["name = ?", "nobody"]' } },
    'protection',
    'Nobody matches'
  ]
])('settings with %s get a ✗ that says how to mend it', async (_case, changes, check, what) => {
  operator = await LocalOperator.start();
  operator.backend.seed({ users: 2 });
  operator.configure(changes);

  const { code, of } = await operator.examine();

  expect(code).toBe(1);
  expect(of(check)).toMatchObject([{ state: 'bad', what: expect.stringContaining(what) as string }]);
  expect(of(check)[0]?.mend).toMatch(/\.$/);
});

test('a wrong variable in .journeyrc ends with 2 and its name', async () => {
  operator = await LocalOperator.start();
  operator.configure({ variables: { LOCK_USERS_RATE: 'fast' } });
  const { code, stderr } = await operator.call('doctor');
  expect(code).toBe(2);
  expect(stderr).toContain('LOCK_USERS_RATE');
});

test.each([
  ['without the models', WITHOUT_RECORDS, 'record models', 'has no lock_run'],
  [
    'with an older copy',
    SCHEMA.replace(/ *<field name="undone_by".*\n/, ''),
    'record models',
    'lock_run: field undone_by'
  ],
  ['without a status', SCHEMA.replace(/ *<option key="stalled".*\n/, ''), 'record models', 'option stalled'],
  [
    'with a field of another type',
    SCHEMA.replace('label="Invocation" type="integer"', 'label="Invocation" type="text"'),
    'record models',
    '"integer" is needed'
  ],
  ['without the webhook', SCHEMA.replace(/ *<webhook[^]*?<\/webhook>\n/, ''), 'webhook', 'no webhook']
])('an app %s gets a ✗', async (_case, schema, check, what) => {
  operator = await LocalOperator.start({ schema });
  const { code, of } = await operator.examine();
  expect(code).toBe(1);
  expect(of(check)).toContainEqual({
    check,
    state: 'bad',
    what: expect.stringContaining(what) as string,
    mend: expect.any(String) as string
  });
});
