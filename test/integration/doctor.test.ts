import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { OperatorBench } from '../support/OperatorBench';

const SCHEMA = readFileSync(join(__dirname, '..', '..', 'schema.xml'), 'utf8');

let operator: OperatorBench & { readonly backend: RunningBackend };
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'doctor-'))));
afterEach(async () => {
  await operator.backend.close();
  operator.remove();
  rmSync(folder, { recursive: true });
});

async function start(options: BackendOptions & { readonly schema?: string } = {}): Promise<void> {
  const { schema = SCHEMA, ...others } = options;
  const schemaPath = join(folder, 'schema.xml');
  writeFileSync(schemaPath, schema);
  operator = await OperatorBench.start({ schemaPath, ...others });
}

interface ShownFinding {
  readonly check: string;
  readonly state: string;
  readonly what: string;
  readonly mend?: string;
}

async function examine(...args: string[]): Promise<{ code: number; of: (check: string) => ShownFinding[] }> {
  const { code, json } = await operator.call('doctor', ...args);
  const findings = json['findings'] as ShownFinding[];
  return { code, of: (check) => findings.filter((finding) => finding.check === check) };
}

test('a deployment that is well gets ✓ for everything that shows, and nothing is changed', async () => {
  await start();
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
  await start();
  for (const variables of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    const terminal = operator.open({ isTerminal: true });
    Object.assign(terminal.environment, variables);
    expect((await terminal.call('doctor')).stdout).toMatch(/^✓ address/);
  }
});

test('a wrong token ends with 4, a wrong address with 1, and the rest is not looked at', async () => {
  await start();
  const wrongToken = await operator.open({ token: 'another' }).call('doctor');
  expect(wrongToken.code).toBe(4);
  expect(wrongToken.stdout).toContain('"check": "token",\n      "state": "bad"');

  operator.configure({ backendUrl: operator.backend.url.replace(/[0-9a-f]{24}$/, 'f'.repeat(24)) });
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of('address')).toMatchObject([{ state: 'bad' }]);
  expect(of('user model')).toEqual([]);
});

test('each command names what is wrong by where it has it from: the variable of the token, and the address in .journeyrc', async () => {
  await start();
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
  await start();
  operator.backend.seed({ users: 2 });
  operator.configure(changes);

  const { code, of } = await examine();

  expect(code).toBe(1);
  expect(of(check)).toMatchObject([{ state: 'bad', what: expect.stringContaining(what) as string }]);
  expect(of(check)[0]?.mend).toMatch(/\.$/);
});

test('a wrong variable in .journeyrc ends with 2 and its name', async () => {
  await start();
  operator.configure({ variables: { LOCK_USERS_RATE: 'fast' } });
  const { code, stderr } = await operator.call('doctor');
  expect(code).toBe(2);
  expect(stderr).toContain('LOCK_USERS_RATE');
});

test.each([
  [
    'without the models',
    SCHEMA.replace(/ {2}<model name="lock_run"[^]*(?=<\/data-model>)/, ''),
    'record models',
    'has no lock_run'
  ],
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
  await start({ schema });
  const { code, of } = await examine();
  expect(code).toBe(1);
  expect(of(check)).toContainEqual({
    check,
    state: 'bad',
    what: expect.stringContaining(what) as string,
    mend: expect.any(String) as string
  });
});

test('a clock that is wrong, a run that does nothing, another version and a webhook that is off each get a ✗', async () => {
  await start({ nowMs: () => Date.now() + 100_000 });
  const create = (values: object) =>
    callBackend(operator.backend, 'POST', 'objects/lock_run.json', { lock_run: values });
  await create({ status: 'running', run_id: 'dead-run', lease_expires_at: '2020-01-01T00:00:00Z' });
  await create({
    status: 'refused',
    run_id: 'old-run',
    version: '0.0.1',
    finished_at: '2026-01-01T00:00:00Z',
    message: 'Objects start no runs (LOCK_USERS_WEBHOOK).'
  });

  const { of } = await examine();

  expect(of('clock')).toMatchObject([{ state: 'bad', what: expect.stringMatching(/(99|100) s behind/) as string }]);
  expect(of('open runs')).toMatchObject([{ state: 'bad', what: expect.stringContaining('dead-run') as string }]);
  expect(of('version')).toMatchObject([{ state: 'bad', what: expect.stringContaining('0.0.1') as string }]);
  expect(of('runs by objects')).toMatchObject([{ state: 'bad' }]);
});

test('the last run that an object has asked for shows whether objects start runs', async () => {
  await start();
  const create = async (values: object): Promise<string> => {
    const run = { lock_run: { status: 'planned', run_id: 'by-a-schedule', report: '{}', ...values } };
    const { json } = await callBackend(operator.backend, 'POST', 'objects/lock_run.json', run);
    return String(json['id']);
  };
  const id = await create({ finished_at: '2026-01-02T00:00:00Z' });
  const by = (values: object): Promise<unknown> =>
    callBackend(operator.backend, 'PATCH', `objects/lock_run/${id}.json`, { lock_run: values });
  await create({ finished_at: '2026-01-04T00:00:00Z' });
  expect((await examine()).of('runs by objects')).toMatchObject([{ state: 'unknown' }]);

  await by({ run_id: id });
  expect((await examine()).of('runs by objects')).toMatchObject([{ state: 'ok' }]);

  await create({ status: 'refused', finished_at: '2026-01-03T00:00:00Z', message: 'See LOCK_USERS_WEBHOOK.' });
  expect((await examine()).of('runs by objects')).toMatchObject([{ state: 'bad' }]);

  await by({ finished_at: '2026-01-05T00:00:00Z' });
  expect((await examine()).of('runs by objects')).toMatchObject([{ state: 'ok' }]);
});

test('a run that was stopped shows the version as any other, and is not open', async () => {
  await start();
  await callBackend(operator.backend, 'POST', 'objects/lock_run.json', {
    lock_run: { status: 'stopped', run_id: 'stopped-run', version: '0.0.1', finished_at: '2026-01-01T00:00:00Z' }
  });

  const { of } = await examine();

  expect(of('version')).toMatchObject([{ state: 'bad', what: expect.stringContaining('0.0.1') as string }]);
  expect(of('open runs')).toMatchObject([{ state: 'ok' }]);
});

test('a run whose users should have been let back in by now gets a ✗, and one that was undone does not', async () => {
  const field = '<field name="unlock_at" label="Unlock at" type="datetime"/>';
  const without = SCHEMA.replace(/ *<field name="unlock_at".*\n/, '');
  await start({ schema: without.replace(/( *)<field name="version"/, `$1${field}\n$1<field name="version"`) });
  const values = { status: 'done', action: 'lock', unlock_at: '2020-01-01T00:00:00Z' };
  for (const run of [
    { ...values, run_id: 'late' },
    { ...values, run_id: 'undone', undone_by: 'another' },
    { ...values, run_id: 'planned', status: 'planned' },
    { ...values, run_id: 'to-come', unlock_at: '2999-01-01T00:00:00Z' }
  ]) {
    await callBackend(operator.backend, 'POST', 'objects/lock_run.json', { lock_run: run });
  }

  const { of } = await examine();

  expect(of('unlock times')).toMatchObject([{ state: 'bad', what: expect.stringMatching(/: late\.$/) as string }]);
});
