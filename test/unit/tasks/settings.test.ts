import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import schema from '../../../journeyrc.schema.json';
import { chooseDeployment, chooseLocalDeployment, loadSettings } from '../../../tasks/shared/settings/load-settings';

const ROOT = join(__dirname, '..', '..', '..');
const ADDRESS = 'https://h.example.test/api/v4/64b0c0ffee64b0c0ffee64b0';
const REMOTE = { backendUrl: ADDRESS, tokenVariable: 'TOKEN_TESTING' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(content: unknown) {
  writeFileSync(join(folder, '.journeyrc'), typeof content === 'string' ? content : JSON.stringify(content));
  return loadSettings(folder);
}
const withDeployment = (deployment: object): object => ({ default: 'a', deployments: { a: deployment } });

test('journeyrc.schema.json is a JSON schema', () => {
  expect(new Ajv().validateSchema(schema)).toBe(true);
});

test('the shipped .journeyrc is valid and has a local and a remote deployment', () => {
  const settings = loadSettings(ROOT);

  expect(chooseDeployment(settings)).toMatchObject({
    users: 200,
    variables: { LOCK_USERS_ARMED: 'true', LOCK_USERS_WEBHOOK: 'true' }
  });
  expect(chooseDeployment(settings, 'testing')).toHaveProperty('tokenVariable');
});

test('a deployment that is not there is named with those that are', () => {
  const settings = load({ default: 'a', deployments: { a: {}, b: REMOTE } });

  expect(() => chooseDeployment(settings, 'c')).toThrow('.journeyrc has no deployment "c". It has a, b.');
  expect(() => chooseDeployment(settings, 'constructor')).toThrow('no deployment "constructor"');
});

test('npm run local starts the local deployment, even where the default is a remote one', () => {
  expect(chooseLocalDeployment(load({ default: 'b', deployments: { a: { port: 7 }, b: REMOTE } }))).toEqual({
    port: 7
  });
  expect(chooseLocalDeployment(load({ default: 'b', deployments: { b: REMOTE } }))).toEqual({});
});

test.each<[string, unknown, string]>([
  ['no JSON', '{\n "default": "a" "b"}', '.journeyrc is not valid JSON: there is a mistake in line 2, column 17.'],
  ['an unfinished file', '{"default":', '.journeyrc is not valid JSON: there is a mistake in line 1, column 12.'],
  ['an empty file', '', '.journeyrc is not valid JSON: there is a mistake.'],
  ['no default', { deployments: { a: {} } }, '.journeyrc: the file lacks "default".'],
  ['no deployments', { default: 'a' }, '.journeyrc: the file lacks "deployments".'],
  [
    'a default that is no deployment',
    { default: 'x', deployments: { a: {} } },
    '"default" names no deployment. The deployments are a.'
  ],
  [
    'an unknown key',
    { default: 'a', deployments: { a: {} }, token: 'x' },
    'the file has an unknown key "token". It may have default, deployments.'
  ],
  [
    'an unknown key of a local one',
    withDeployment({ prot: 1 }),
    'deployments.a has an unknown key "prot". Did you mean "port"? It may have port, users, data, switches, variables, schedules, singleInstance.'
  ],
  [
    'a key of a local one in a remote one',
    withDeployment({ ...REMOTE, port: 1 }),
    'deployments.a has an unknown key "port". It may have backendUrl, tokenVariable, environment, variables.'
  ],
  [
    'a remote one without a token variable',
    withDeployment({ backendUrl: ADDRESS }),
    'deployments.a lacks "tokenVariable".'
  ],
  ['a remote one without an address', withDeployment({ tokenVariable: 'T' }), 'deployments.a lacks "backendUrl".'],
  [
    'an address in another form',
    withDeployment({ ...REMOTE, backendUrl: 'https://h.test/' }),
    'deployments.a.backendUrl is not in the right form: it is an https address'
  ],
  [
    'http to another host',
    withDeployment({ ...REMOTE, backendUrl: ADDRESS.replace('https', 'http') }),
    'deployments.a.backendUrl is not in the right form'
  ],
  ['a port that is none', withDeployment({ port: 70000 }), 'deployments.a.port must be <= 65535.'],
  ['users as text', withDeployment({ users: '7' }), 'deployments.a.users must be integer.'],
  [
    'a variable in lower case',
    withDeployment({ variables: { armed: 'true' } }),
    'deployments.a.variables has a name that is not allowed: "armed".'
  ],
  [
    'a token among the variables',
    withDeployment({ variables: { JOURNEY_API_TOKEN: 'x' } }),
    'tokens, secrets and passwords are never in this file'
  ],
  [
    'a variable that only looks like one of the task',
    withDeployment({ variables: { LOCK_USERS_ARMD: 'true' } }),
    '.journeyrc: deployments.a.variables: Unknown variable LOCK_USERS_ARMD. Did you mean "LOCK_USERS_ARMED"?'
  ],
  [
    'the same of a remote one',
    withDeployment({ ...REMOTE, variables: { OTHER: '1', LOCK_USERS_X: '' } }),
    '.journeyrc: deployments.a.variables: Unknown variable LOCK_USERS_X.'
  ],
  [
    'a deployment in upper case',
    { default: 'A', deployments: { A: {} } },
    'deployments has a name that is not allowed: "A". Deployments are lower case.'
  ],
  ['a list', [], 'the file must be object.']
])('%s is one clear line', (_name, content, sentence) => {
  expect(() => load(content)).toThrow(expect.objectContaining({ message: expect.stringContaining(sentence) }));
  expect(() => load(content)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('\n') }));
});

test('several mistakes are one line each', () => {
  expect(() => load(withDeployment({ port: -1, usres: 1 }))).toThrow(
    /unknown key "usres"[^\n]*\n[^\n]*port must be >= 0/
  );
});

test('a token pasted for the name of its variable is not repeated', () => {
  const token = ['O:', 'abc', 'def'].join('');

  expect(() => load(withDeployment({ ...REMOTE, tokenVariable: token }))).toThrow(
    '.journeyrc: deployments.a.tokenVariable is not in the right form: it is the upper-case name of an environment variable that holds the token, never the token.'
  );
});

test('http is for loopback', () => {
  const local = { ...REMOTE, backendUrl: 'http://127.0.0.1:80/api/v4/64b0c0ffee64b0c0ffee64b0' };

  expect(chooseDeployment(load(withDeployment(local)))).toEqual(local);
});

test('a missing file is an error', () => {
  expect(() => loadSettings(folder)).toThrow('There is no .journeyrc in');
});

test('what stands where the JSON is broken is not repeated, because it may be a token', () => {
  const token = ['O:', 'abc', 'def'].join('');

  expect(() => load(`{"default": "a",\n "deployments": {"a": ${token}}}`)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(token.slice(0, 3)) })
  );
  expect(() => load(`{"default": "a",\n "deployments": {"a": ${token}}}`)).toThrow(
    'there is a mistake in line 2, column '
  );
});

describe('schedules', () => {
  const schedule = { task: 'lock_users', cron: '0 2 * * *', timezone: 'Europe/Berlin' };
  const loadSchedule = (given: object): unknown => load(withDeployment({ schedules: [given] }));

  test('are taken with and without parameters', () => {
    const schedules = [schedule, { ...schedule, params: { dryRun: true } }];

    expect(load(withDeployment({ schedules, singleInstance: ['lock_users'] }))).toMatchObject({
      deployments: { a: { schedules, singleInstance: ['lock_users'] } }
    });
  });

  test.each<[object, string]>([
    [{ ...schedule, cron: '0 0 2 * * *' }, 'deployments.a.schedules.0 cannot be used: '],
    [{ ...schedule, cron: 'nightly' }, 'deployments.a.schedules.0 cannot be used: '],
    [{ ...schedule, cron: '0 0 30 2 *' }, 'deployments.a.schedules.0 cannot be used: it never comes true.'],
    [{ ...schedule, timezone: 'Europe/Atlantis' }, 'deployments.a.schedules.0 cannot be used: '],
    [{ task: 't', cron: '0 2 * * *' }, 'deployments.a.schedules.0 lacks "timezone".'],
    [{ ...schedule, timeZone: 'UTC' }, 'unknown key "timeZone". Did you mean "timezone"?'],
    [{ ...schedule, params: [] }, 'deployments.a.schedules.0.params must be object.']
  ])('such as %j are refused with one clear line', (given, sentence) => {
    expect(() => loadSchedule(given)).toThrow(sentence);
  });

  test('are for local deployments only', () => {
    expect(() => load(withDeployment({ ...REMOTE, schedules: [schedule] }))).toThrow('unknown key "schedules"');
  });
});
