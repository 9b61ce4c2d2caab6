import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES } from '../../../../tasks/lock-users/exit-codes';
import { RecordedProgram } from '../../../support/RecordedProgram';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'program-'))));
afterEach(() => rmSync(root, { recursive: true }));

const BACKEND = 'https://app.example.invalid/api/v4/0123456789abcdef01234567';
const SECRET = 'never-to-be-seen';

function writeSettings(remote: object = {}): void {
  const deployments = { production: { backendUrl: BACKEND, tokenVariable: 'TOKEN_HERE', ...remote }, local: {} };
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'production', deployments }));
}

test('the help names every exit code, and goes to stdout', async () => {
  const { code, stdout, stderr } = await new RecordedProgram({ root }).call('--help');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { code: listed, meaning } of Object.values(EXIT_CODES))
    expect(stdout).toContain(`${listed}`.padEnd(5) + meaning);
});

test.each([
  [['config', '--deploymant', 'x'], "unknown option '--deploymant' (Did you mean --deployment?)"],
  [['confg'], "unknown command 'confg' (Did you mean config?)"],
  [['lock'], "unknown command 'lock' (Did you mean apply?)"],
  [['config', 'extra'], 'too many arguments'],
  [['config', '--deployment'], 'argument missing'],
  [['config', '--deployment', 'nowhere'], '.journeyrc has no deployment "nowhere"'],
  [[], 'Name a command.']
])('%j is refused with 2, on stderr and as JSON in a pipe', async (args, message) => {
  writeSettings();
  const { code, json, stderr } = await new RecordedProgram({ root }).call(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(json).toMatchObject({ exitCode: 2, error: expect.stringContaining(message) as string });
});

test('a terminal gets a table on stdout, and with --json the same JSON as a pipe', async () => {
  writeSettings();
  const terminal = new RecordedProgram({ root, isTerminal: true, environment: { TOKEN_HERE: SECRET } });

  const { stdout, stderr } = await terminal.call('config');

  expect(stdout.split('\n')[0]).toMatch(/^SETTING +VALUE +ORIGIN$/);
  expect(stderr).toBe('Next: lock-users doctor\n');
  expect((await terminal.call('config', '--json', '--quiet')).json).toMatchObject({ command: 'config', exitCode: 0 });
  expect(terminal.printed.stderr).toBe('');
});

test('a flag counts before a variable, a variable before .journeyrc, and each value says where it comes from', async () => {
  writeSettings({ environment: 'production', variables: { LOCK_USERS_PROTECTED: 'none' } });
  const environment = { TOKEN_HERE: SECRET, LOCK_USERS_CLI_ENVIRONMENT: 'testing', LOCK_USERS_CLI_TOKEN_VARIABLE: '' };
  const program = new RecordedProgram({ root, environment });

  const { json, stdout } = await program.call('config');

  expect(json['settings']).toEqual({
    deployment: { value: 'production', origin: '.journeyrc' },
    backendUrl: { value: BACKEND, origin: '.journeyrc' },
    tokenVariable: { value: 'TOKEN_HERE', origin: '.journeyrc' },
    environment: { value: 'testing', origin: 'environment (LOCK_USERS_CLI_ENVIRONMENT)' },
    token: { value: '[redacted]', origin: 'environment (TOKEN_HERE)' },
    LOCK_USERS_PROTECTED: { value: 'none', origin: '.journeyrc (counts with --direct alone)' }
  });
  expect(stdout).not.toContain(SECRET);
  expect((await program.call('config', '--environment', 'staging')).json['settings']).toMatchObject({
    environment: { value: 'staging', origin: 'flag' }
  });
});

test('a token from standard input counts before that of the variable', async () => {
  writeSettings();
  const program = new RecordedProgram({ root });
  program.input = `${SECRET}\n`;

  const { json, stdout } = await program.call('config', '--token-stdin');

  expect(json['settings']).toMatchObject({ token: { value: '[redacted]', origin: 'standard input' } });
  expect(stdout).not.toContain(SECRET);
});

test('a local platform that does not run is shown as not set', async () => {
  writeSettings();
  const { code, json } = await new RecordedProgram({ root }).call('config', '--deployment', 'local');

  expect(code).toBe(0);
  expect(json).toMatchObject({ isLocal: true, settings: { backendUrl: { origin: 'npm run local' } } });
});

test('the variables of a local deployment count for its platform as well', async () => {
  const local = { variables: { LOCK_USERS_ARMED: 'true' } };
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'local', deployments: { local } }));

  const { json } = await new RecordedProgram({ root }).call('config');

  expect(json['settings']).toMatchObject({ LOCK_USERS_ARMED: { value: 'true', origin: '.journeyrc' } });
});

test('a malformed variable of .journeyrc is to be corrected there, and not in OXIDE', async () => {
  writeSettings({ environment: 'production', variables: { LOCK_USERS_RATE: 'fast' } });
  const { code, stderr } = await new RecordedProgram({ root, environment: { TOKEN_HERE: SECRET } }).call('plan');

  expect(code).toBe(2);
  expect(stderr).toContain('LOCK_USERS_RATE');
  expect(stderr).toContain('Correct "variables" of the deployment in .journeyrc.');
  expect(stderr).not.toContain('OXIDE');
});

test('options that npm has kept for itself are refused', async () => {
  writeSettings();
  const environment = { npm_config_deployment: 'local' };
  const { code, stderr } = await new RecordedProgram({ root, environment }).call('config');

  expect(code).toBe(2);
  expect(stderr).toContain('npm run lock-users -- config --deployment local');
});
