import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { buildTasks } from '../../tasks/build/build-tasks';
import { startPlatform } from '../../tasks/local/start-platform';
import { OperatorBench } from '../support/OperatorBench';
import { RecordedProgram } from '../support/RecordedProgram';
import { runTaskHere } from '../support/run-task-here';

const REPOSITORY = join(__dirname, '..', '..');
const INSTALLED = 'cloudcode/lock_users';

let app: string;
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'app-'));
  for (const [path, text] of Object.entries(APP)) write(path, text);
});
afterEach(() => rmSync(app, { recursive: true }));

/** An app's repository of the usual shape. */
const APP: Readonly<Record<string, string>> = {
  'application.xml': '<application name="Depot"/>\n',
  'schema.xml':
    '<?xml version="1.0" encoding="UTF-8"?>\n<data-model>\n\n    <model name="user" label="User">\n        <field name="name" label="Name" type="text:name"/>\n        <display>{name}</display>\n    </model>\n\n</data-model>\n',
  'mobile/main.js': 'function init() {}\n',
  'cloudcode/other_task/index.ts': 'export async function run(): Promise<number> {\n  return 1;\n}\n',
  'cloudcode/other_task/package.json': JSON.stringify({
    name: 'other_task',
    version: '1.0.0',
    cloudcode: { runtime: '1.15.0', enabled: true }
  }),
  'cloudcode/other_task/yarn.lock': '# yarn lockfile v1\n',
  'package-lock.json': '{}\n'
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(app, path)), { recursive: true });
  writeFileSync(join(app, path), text);
}

const read = (path: string): string => readFileSync(join(app, path), 'utf8');
const install = (...options: string[]) => new RecordedProgram().call('install', app, ...options);

test('a fresh app gets the task and the models, builds both of its tasks, locks an evening, lets everybody back in, and is well', async () => {
  const { code, json } = await install();

  expect(code).toBe(0);
  expect(json).toMatchObject({
    updated: [],
    removed: [],
    schema: { inserted: ['model lock_run', 'model lock_run_batch'] }
  });
  for (const [path, text] of Object.entries(APP)) if (path !== 'schema.xml') expect(read(path)).toBe(text);
  expect(read('schema.xml').startsWith(APP['schema.xml']?.replace('</data-model>\n', '') ?? '-')).toBe(true);

  symlinkSync(join(REPOSITORY, 'node_modules'), join(app, 'node_modules'));
  // Made of the same files already, which the build finds out.
  cpSync(join(REPOSITORY, 'dist', 'lock_users'), join(app, 'dist', 'lock_users'), { recursive: true });
  expect(buildTasks({ root: app })).toMatchObject([
    { name: 'lock_users', isUnchanged: true },
    { name: 'other_task', isUnchanged: false }
  ]);
  const platform = await startPlatform({
    root: app,
    backend: { schemaPath: join(app, 'schema.xml'), label: 'Depot', environment: 'testing' },
    deployment: { variables: { LOCK_USERS_ARMED: 'true', LOCK_USERS_WEBHOOK: 'true' } },
    onLog: () => undefined,
    runtime: { run: runTaskHere }
  });
  const { backend } = platform;
  const operator = new OperatorBench(backend);
  try {
    expect(backend.warnings).toEqual([]);
    const { userIds } = backend.seed({ users: 12 });
    const runHere = async (params: object): Promise<Report> => {
      const environment = {
        JOURNEY_BACKEND_URL: backend.url,
        JOURNEY_API_TOKEN: backend.token,
        LOCK_USERS_ARMED: 'true'
      };
      const result = await runTaskHere({ taskFolder: join(app, 'dist', 'lock_users'), params, environment, backend });
      if (result.status !== 'returned') throw new Error(JSON.stringify(result));
      return result.result as Report;
    };
    const evening = await runHere({});
    expect(evening).toMatchObject({ status: 'done', counts: { locked: 12 } });
    expect(evening.warnings).toBeUndefined();
    expect(await runHere({ undo: evening.runId })).toMatchObject({ status: 'done', counts: { unlocked: 12 } });

    operator.configure({ variables: { LOCK_USERS_PROTECTED: userIds[0] } });
    expect(await operator.call('plan')).toMatchObject({ code: 0, json: { count: 12 } });
    const { stdout } = operator.note(await operator.open({ isTerminal: true }).call('doctor'));
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('✓'))).toEqual([]);
    await platform.runtime.idle();
  } finally {
    operator.remove();
    await platform.close();
  }
});

test('it ends with the check of the deployment, without Markdown, and asks for no user model where there is one', async () => {
  const { stdout, stderr } = await new RecordedProgram({ isTerminal: true }).call('install', app);

  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
    / Add the deployment to \.journeyrc .*: lock-users doctor --deployment NAME$/
  );
  expect(stdout).toMatch(/JOURNEY_BACKEND_URL +Address from the Manage API page/);
  expect(stdout).not.toMatch(/`|\b_|_\b|LOCK_USERS_USER_MODEL/);
});

test('an app whose users are another model has to name it, and is told so', async () => {
  write('schema.xml', read('schema.xml').replace('<model name="user"', '<model name="driver"'));

  const { code, json } = await install();

  expect(code).toBe(0);
  expect(json['variables']).toContainEqual({
    name: 'LOCK_USERS_USER_MODEL',
    about: expect.stringContaining('this app has no model "user"') as string
  });
});

test('a second installation changes nothing', async () => {
  await install();
  const schema = read('schema.xml');

  const { code, json } = await install();

  expect(code).toBe(0);
  expect(json).toMatchObject({ added: [], updated: [], removed: [], changedByHand: [], schema: { inserted: [] } });
  expect(read('schema.xml')).toBe(schema);
});

test('a changed file is named and kept, and overwritten with --force; files that somebody has added stay', async () => {
  await install();
  write(`${INSTALLED}/index.ts`, '// mine\n');
  write(`${INSTALLED}/src/own.ts`, '// own\n');

  const refused = await install();
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('index.ts');
  expect(read(`${INSTALLED}/index.ts`)).toBe('// mine\n');

  expect((await install('--force')).json).toMatchObject({ updated: ['index.ts'] });
  expect(read(`${INSTALLED}/index.ts`)).toBe(readFileSync(join(REPOSITORY, INSTALLED, 'index.ts'), 'utf8'));
  expect(read(`${INSTALLED}/src/own.ts`)).toBe('// own\n');
});

test('an upgrade says from which version, replaces what was installed, and deletes what is gone', async () => {
  await install();
  const notePath = `${INSTALLED}/.lock-users.json`;
  const note = JSON.parse(read(notePath)) as { version: string; files: Record<string, string> };
  const indexHash = note.files['index.ts'] ?? '';
  cpSync(join(app, INSTALLED, 'index.ts'), join(app, INSTALLED, 'src', 'gone.ts'));
  write(`${INSTALLED}/index.ts`, read(`${INSTALLED}/tsconfig.json`));
  const files = { ...note.files, 'index.ts': note.files['tsconfig.json'] ?? '', 'src/gone.ts': indexHash };
  write(notePath, JSON.stringify({ version: '0.0.9', files }));

  const { json } = await install();

  expect(json).toMatchObject({ from: '0.0.9', updated: ['index.ts'], removed: ['src/gone.ts'], changedByHand: [] });
  expect(readdirSync(join(app, INSTALLED, 'src'))).not.toContain('gone.ts');
  expect((await install()).json).toMatchObject({ from: note.version, updated: [], removed: [] });
});

test('an update keeps the versions of the runtime that the app has chosen, and says so', async () => {
  await install();
  const path = `${INSTALLED}/package.json`;
  const chosen = read(path).replaceAll('"1.15.0"', '"1.13.2"');
  write(path, chosen);

  expect((await install()).json).toMatchObject({ updated: [], changedByHand: [] });
  expect(read(path)).toBe(chosen);

  // As an earlier version of the package had it.
  write(path, chosen.replace('"lodash": "4.18.1"', '"lodash": "4.17.0"'));
  const { code, json } = await install('--force');
  expect(code).toBe(0);
  const kept = ['runtime', '@journeyapps/cloudcode', '@journeyapps/cloudcode-build'].map(
    (name) => `"${name}": "1.13.2"`
  );
  expect(json).toMatchObject({ updated: ['package.json'], kept });
  expect(read(path)).toBe(chosen);
  const { stdout } = await new RecordedProgram({ isTerminal: true }).call('install', app);
  expect(stdout).toContain(`Versions in package.json that were changed are kept: ${kept.join(', ')}.\n`);

  write(path, chosen.replace('"enabled": true', '"enabled": false'));
  expect(await install()).toMatchObject({ code: 3, stderr: expect.stringContaining('  package.json\n') as string });
});

test('what is left to do is in the order of the README: it is rehearsed before it is armed, and the webhook is last', async () => {
  const { json } = await install();

  const variables = json['variables'] as { readonly name: string }[];
  expect(variables.map(({ name }) => name)).toEqual([
    'JOURNEY_BACKEND_URL',
    'JOURNEY_API_TOKEN',
    'LOCK_USERS_PROTECTED_WHERE'
  ]);
  const clicks = json['clicks'] as string[];
  const beginnings = ['Set the variables', 'Write data rules', 'Deploy', 'Dry run', 'Rehearse', 'Arm', 'Where objects'];
  const places = beginnings.map((beginning) => clicks.findIndex((click) => click.startsWith(beginning)));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("a model of the app's own with such a name is not filled with ours: nothing is written", async () => {
  const own =
    '<model name="lock_run" label="Run"><field name="action" label="A" type="text"/><display>{action}</display></model>';
  const schema = read('schema.xml').replace('</data-model>', `${own}</data-model>`);
  write('schema.xml', schema);

  const { code, stderr } = await install();

  expect(code).toBe(2);
  expect(stderr).toContain('lock_run: field action has the type "text", and "single-choice" is needed');
  expect(stderr).toContain('Nothing was written');
  expect(read('schema.xml')).toBe(schema);
  expect(readdirSync(join(app, 'cloudcode'))).toEqual(['other_task']);
});

test('this repository itself, and a file, are no app', async () => {
  const here = await new RecordedProgram().call('install', REPOSITORY);
  expect(here).toMatchObject({ code: 2, stderr: expect.stringContaining('is where the task comes from') as string });
  expect(readdirSync(join(REPOSITORY, INSTALLED))).not.toContain('.lock-users.json');

  const file = await new RecordedProgram().call('install', join(app, 'schema.xml'));
  expect(file).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`is a file. Name the folder of the app's repository: ${app}.`) as string
  });
});

test.each([
  ['no app', 'schema.xml', undefined, 'there is no schema.xml'],
  ['a broken data model', 'schema.xml', '<data-model><model></data-model>', 'nothing was written']
])('%s is refused with 2, and nothing is written', async (_case, path, text, message) => {
  if (text === undefined) rmSync(join(app, path));
  else write(path, text);

  const { code, stderr } = await install();

  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(readdirSync(join(app, 'cloudcode'))).toEqual(['other_task']);
});
