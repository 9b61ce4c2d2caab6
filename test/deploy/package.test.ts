import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../cloudcode/lock_users';
import { VERSION } from '../../cloudcode/lock_users/src/version';
import { buildPackage } from '../../tasks/build/build-package';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { keepFolder } from './keep-folder';
import { RUNNER } from './runner';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** A whole task that imports the package. It has a name of its own, by which it schedules itself. */
const TASK = `
import { createTask } from 'lock_users';
import type { Task } from 'lock_users';

declare const DB: unknown;
declare const CloudCode: unknown;

export function run(this: unknown, params?: unknown): ReturnType<Task['run']> {
  return bind(this).run(params);
}

export function authenticate(this: unknown, call: Parameters<Task['authenticate']>[0]): unknown {
  return bind(this).authenticate(call);
}

export function post(this: unknown, call: Parameters<Task['post']>[0]): ReturnType<Task['post']> {
  return bind(this).post(call);
}

function bind(runtime: unknown): Task {
  return createTask({
    db: typeof DB === 'undefined' ? undefined : DB,
    cloudCode: typeof CloudCode === 'undefined' ? undefined : CloudCode,
    environment: process.env,
    runtime,
    taskName: 'night_lock'
  });
}
`;

const MANIFEST = { name: 'night_lock', dependencies: {}, devDependencies: { '@types/node': '20.17.0' } };

/** The task with the package in it. */
let task: string;
let backend: RunningBackend;

beforeAll(async () => {
  task = join(await mkdtemp(join(tmpdir(), 'package-')), 'night_lock');
  cpSync(keepFolder('package', [], install), task, { recursive: true });
  backend = await startBackend();
});

afterAll(async () => {
  await backend.close();
  await rm(join(task, '..'), { recursive: true, force: true });
});

/** Packs the task `lock_users`, and makes a task in the folder that has it installed. */
function install(into: string): void {
  // The package is built in a folder of its own, so that this test and others do not disturb each other.
  const source = mkdtempSync(join(tmpdir(), 'package-source-'));
  try {
    cpSync(join(ROOT, 'cloudcode', 'lock_users'), join(source, 'cloudcode', 'lock_users'), { recursive: true });
    for (const name of ['@types', 'form-data', 'undici-types']) {
      cpSync(join(ROOT, 'node_modules', name), join(source, 'node_modules', name), { recursive: true });
    }
    const packed = execFileSync('npm', ['pack', '--silent', buildPackage(source)], { cwd: source, encoding: 'utf8' });
    cpSync(join(source, packed.trim()), join(into, 'lock_users.tgz'));
  } finally {
    rmSync(source, { recursive: true });
  }
  writeFileSync(join(into, 'package.json'), JSON.stringify(MANIFEST));
  writeFileSync(join(into, 'index.ts'), TASK);
  const options = ['--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'];
  execFileSync('npm', ['install', ...options, './lock_users.tgz'], { cwd: into });
}

/** Compiles the task with this compiler. Returns the folder of the output, in the task's. */
async function compile(compiler: string): Promise<string> {
  const version = await readFile(join(ROOT, 'node_modules', compiler, 'package.json'), 'utf8');
  const compiled = keepFolder(`package-${compiler}`, [version], (outDir) => {
    const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
    const options = ['--strict', '--module', 'commonjs', '--target', 'es2022', '--types', 'node', '--skipLibCheck'];
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--single-threaded-gc', '--max-semi-space-size=64', tsc, ...options, '--outDir', outDir, 'index.ts'],
      { cwd: task, encoding: 'utf8' }
    );
    if (status !== 0) throw new Error(stdout);
  });
  const outFolder = join(task, compiler);
  await cp(compiled, outFolder, { recursive: true });
  await writeFile(join(outFolder, 'run-as-platform.js'), RUNNER);
  return outFolder;
}

test.each(['typescript-4.9', 'typescript'])(
  'packed, installed into an empty task and compiled with %s, the package locks users',
  async (compiler) => {
    const outFolder = await compile(compiler);

    const { userIds } = backend.seed({ users: 5 });
    const { stdout } = await run(process.execPath, ['run-as-platform.js'], {
      cwd: outFolder,
      env: {
        JOURNEY_BACKEND_URL: backend.url,
        JOURNEY_API_TOKEN: backend.token,
        LOCK_USERS_ARMED: 'true',
        TEST_USER_IDS: JSON.stringify(userIds)
      }
    });

    const report = JSON.parse(stdout.trim().split('\n').pop() ?? '') as Report;
    expect(report).toMatchObject({ version: VERSION, status: 'done', counts: { locked: 5 } });
    expect(userIds.map((id) => backend.user(id)?.locked)).toEqual(Array(5).fill(true));
  }
);
