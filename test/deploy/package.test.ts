import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../cloudcode/lock_users';
import { VERSION } from '../../cloudcode/lock_users/src/version';
import { buildPackage } from '../../tasks/build/build-package';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
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

let folder: string;
let backend: RunningBackend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  // The package is built in a folder of its own, so that this test and others do not disturb each other.
  const source = join(folder, 'source');
  await cp(join(ROOT, 'cloudcode', 'lock_users'), join(source, 'cloudcode', 'lock_users'), { recursive: true });
  await cp(join(ROOT, 'node_modules', '@types'), join(source, 'node_modules', '@types'), { recursive: true });
  for (const name of ['form-data', 'undici-types']) {
    const from = join(ROOT, 'node_modules', name);
    await cp(from, join(source, 'node_modules', name), { recursive: true });
  }
  const { stdout } = await run('npm', ['pack', '--silent', buildPackage(source)], { cwd: folder });
  const task = join(folder, 'night_lock');
  await cp(join(folder, stdout.trim()), join(task, 'lock_users.tgz'));
  await writeFile(join(task, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(task, 'index.ts'), TASK);
  await writeFile(join(task, 'run-as-platform.js'), RUNNER);
  const options = ['--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'];
  await run('npm', ['install', ...options, './lock_users.tgz'], { cwd: task });
  backend = await startBackend();
});

afterAll(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(['typescript-4.9', 'typescript'])(
  'packed, installed into an empty task and compiled with %s, the package locks users',
  async (compiler) => {
    const task = join(folder, 'night_lock');
    const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
    const options = ['--strict', '--module', 'commonjs', '--target', 'es2022', '--types', 'node', '--skipLibCheck'];
    await run(process.execPath, [tsc, ...options, 'index.ts'], { cwd: task }).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });

    const { userIds } = backend.seed({ users: 5 });
    const { stdout } = await run(process.execPath, ['run-as-platform.js'], {
      cwd: task,
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
