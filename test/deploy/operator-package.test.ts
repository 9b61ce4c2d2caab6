import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { killDirect } from '../../tasks/chaos/kill-direct';
import { buildCommand } from '../../tasks/build/build-command';
import { hashFolder } from '../../tasks/shared/hash-folder';
import { hashOutput } from '../../tasks/shared/provide-folder';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { wrapInTerminal } from '../support/wrap-in-terminal';
import { keepFolder } from './keep-folder';

const REPOSITORY = join(__dirname, '..', '..');
const TOKEN_VARIABLE = 'TOKEN_OF_THE_TEST';

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operator-package-'));
  const command = buildCommand(REPOSITORY);
  const madeOf = [
    hashOutput(command),
    hashFolder(join(REPOSITORY, 'examples'), []),
    readFileSync(join(REPOSITORY, 'docs', 'command-line.md'), 'utf8'),
    readFileSync(join(REPOSITORY, 'package.json'), 'utf8')
  ];
  cpSync(keepFolder('operator-package', madeOf, pack), folder, { recursive: true });
  const home = join(folder, 'package');
  const { dependencies, bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(home, 'node_modules', name)), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(home, 'node_modules', name));
  }
  program = join(home, bin['lock-users'] ?? '');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What npm would pack, in a folder `package`. */
function pack(into: string): void {
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--pack-destination', into, '--json'], {
    cwd: REPOSITORY,
    encoding: 'utf8'
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  spawnSync('tar', ['-xzf', filename], { cwd: into });
}

let backend: RunningBackend;
let root: string;
beforeEach(async () => {
  backend = await startBackend({ label: 'Depot', environment: 'testing' });
  backend.seed({ users: 4 });
  root = mkdtempSync(join(tmpdir(), 'operator-'));
  const variables = { LOCK_USERS_PROTECTED: 'none' };
  const depot = { backendUrl: backend.url, tokenVariable: TOKEN_VARIABLE, environment: 'testing', variables };
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'depot', deployments: { depot } }));
});
afterEach(async () => {
  await backend.close();
  rmSync(root, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program in the operator's folder. @param typed what is typed as soon as it asks */
function call(file: string, args: readonly string[], typed?: string): Promise<Ended> {
  const env = { ...process.env, [TOKEN_VARIABLE]: backend.token };
  const child = spawn(file, args, { cwd: root, env, stdio: 'pipe' });
  let [stdout, stderr, hasTyped] = ['', '', false];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    if (typed === undefined || hasTyped || !stdout.includes('Type the number')) return;
    hasTyped = true;
    child.stdin.write(typed);
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  if (typed === undefined) child.stdin.end();
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

test('packed, it runs with the packages that it declares: it installs, examines, plans and locks', async () => {
  writeFileSync(
    join(root, 'schema.xml'),
    '<data-model>\n  <model name="user" label="User">\n    <field name="name" label="Name" type="text"/>\n    <display>{name}</display>\n  </model>\n</data-model>\n'
  );
  const run = (...args: string[]): Promise<Ended> => call(process.execPath, [program, ...args]);

  const installed = await run('install', '.');
  expect(installed).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('lock-users doctor --deployment NAME')
  });
  expect((await run('doctor')).code).toBe(0);
  const done = await run('apply', '--direct', '--confirm', '4');
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ command: 'apply', status: 'done', counts: { locked: 4 } });
  expect(done.stderr).toContain('What is set in OXIDE does not apply');
  expect(done.stdout + done.stderr).not.toContain(backend.token);
  expect((await run('aply')).code).toBe(2);
});

test('on a pseudo terminal the count is typed back, and the result is a table', async () => {
  const { file, args } = wrapInTerminal({ file: process.execPath, args: [program, 'apply', '--direct'] });

  const { code, stdout } = await call(file, args, '4\r');

  expect(code).toBe(0);
  expect(stdout).toContain('Type the number of users to lock (4): ');
  expect(stdout).toMatch(/Run [0-9a-f-]+ \(lock\): done/);
  expect(backend.state().lockedUsers).toBe(4);
  expect(stdout).not.toContain(backend.token);
});

test('killed at two moments of --direct, the report is whole and true, and the same command does the rest', async () => {
  for (const seed of [1, 6]) {
    const { problems, wasKilled } = await killDirect(program, seed);
    expect({ seed, problems, wasKilled }).toEqual({ seed, problems: [], wasKilled: true });
  }
});

test('the help costs less than 2.5 times the CPU of bare node', () => {
  const measure = (...args: string[]): number => {
    const printed = spawnSync(process.execPath, ['-r', join(root, 'print-cpu.js'), ...args], { encoding: 'utf8' });
    return Number(/CPU (\d+)/.exec(printed.stderr)?.[1]);
  };
  writeFileSync(
    join(root, 'print-cpu.js'),
    "process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(`CPU ${user + system}`); });"
  );
  const least = (...args: string[]): number => Math.min(...Array.from({ length: 5 }, () => measure(...args)));

  expect(least(program, '--help') / least('-e', '0')).toBeLessThan(2.5);
});
