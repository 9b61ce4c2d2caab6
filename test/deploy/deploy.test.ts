import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** The newest Node 22 when this was written; the platform's runtime 1.15 is Node 22, 1.13 and 1.14 are Node 20. */
const NODE_22 = 'node@22.23.3';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** What a hand-made caller does on the platform's behalf: globals, environment, `run`, the report as the last line. */
const RUNNER = `
const ids = JSON.parse(process.env.TEST_USER_IDS);
const query = (limit, skip) => ({
  orderBy: () => query(limit, skip),
  limit: (count) => query(count, skip),
  skip: (count) => query(limit, count),
  toArray: () => Promise.resolve(ids.slice(skip, skip + limit).map((id) => ({ id })))
});
global.DB = { user: { all: () => query(1000, 0), where: () => query(1000, 0) } };
require('./index.js').run().then((report) => console.log(JSON.stringify(report)));
`;

/** Compiler options of the platform's toolchains as far as they are public; target, module and strict are assumed. */
const VISIBLE_OPTIONS = { declaration: false, sourceMap: true, module: 'commonjs', strict: true };
const TOOLCHAINS = [
  { name: 'TypeScript 4.9 as runtime 1.13 has it', typescript: 'typescript-4.9', target: 'es2018', options: {} },
  {
    name: 'TypeScript 4.9 with skipLibCheck',
    typescript: 'typescript-4.9',
    target: 'es2022',
    options: { skipLibCheck: true }
  },
  { name: 'TypeScript 5.9 without skipLibCheck', typescript: 'typescript', target: 'es2018', options: {} },
  {
    name: 'TypeScript 5.9 as newer toolchains have it',
    typescript: 'typescript',
    target: 'es2022',
    options: { skipLibCheck: true, esModuleInterop: true, types: ['@journeyapps/cloudcode'] }
  }
];

let folder: string;
let backend: RunningBackend;

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'deploy-')), 'lock_users');
  await cp(join(ROOT, 'cloudcode', 'lock_users'), folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  await writeFile(join(folder, 'package.json'), JSON.stringify(withoutPlatformPackages(manifest)));
  await run(
    'npm',
    ['install', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'],
    { cwd: folder }
  );
  // A stand-in for the platform's type package: it declares the globals, so it shows that the task does not clash.
  await mkdir(join(folder, 'node_modules', '@journeyapps', 'cloudcode'), { recursive: true });
  await mkdir(join(folder, 'node_modules', '@journeyapps', 'cloudcode-build'), { recursive: true });
  await writeFile(
    join(folder, 'node_modules', '@journeyapps', 'cloudcode', 'index.d.ts'),
    'export {};\ndeclare global {\n  const DB: { user: object };\n  const CloudCode: object;\n}\n'
  );
  backend = await startBackend();
}, 120_000);

afterAll(async () => {
  await backend.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

function withoutPlatformPackages(manifest: Manifest): Manifest {
  const keep = (packages: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !name.startsWith('@journeyapps/')));
  return { ...manifest, dependencies: keep(manifest.dependencies), devDependencies: keep(manifest.devDependencies) };
}

async function compile({ typescript, target, options }: (typeof TOOLCHAINS)[number], outFolder: string): Promise<void> {
  await writeFile(
    join(folder, 'node_modules', '@journeyapps', 'cloudcode-build', 'task-tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...VISIBLE_OPTIONS, target, ...options } })
  );
  const tsc = join(ROOT, 'node_modules', typescript, 'bin', 'tsc');
  await run(process.execPath, [tsc, '--project', '.', '--outDir', outFolder], { cwd: folder }).catch(
    (error: { stdout: string }) => {
      throw new Error(error.stdout);
    }
  );
  await writeFile(join(folder, outFolder, 'run-as-platform.js'), RUNNER);
}

/** Locks five fresh users with the compiled task under the Node that `command` starts. */
async function lockFiveUsers(command: string, before: string[], outFolder: string): Promise<Report> {
  const { userIds } = backend.seed({ users: 5 });
  const { stdout } = await run(command, [...before, join(folder, outFolder, 'run-as-platform.js')], {
    env: {
      ...(command === 'npx' ? process.env : {}),
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      TEST_USER_IDS: JSON.stringify(userIds)
    }
  });
  expect(userIds.map((id) => backend.user(id)?.locked)).toEqual(Array(5).fill(true));
  return JSON.parse(stdout.trim().split('\n').pop() ?? '') as Report;
}

describe.each(TOOLCHAINS)('copied alone and compiled with $name', (toolchain) => {
  const outFolder = `out-${toolchain.typescript}-${toolchain.target}`;

  test('the task compiles and locks users under this Node', async () => {
    await compile(toolchain, outFolder);

    expect(await lockFiveUsers(process.execPath, [], outFolder)).toMatchObject({
      status: 'done',
      counts: { locked: 5 }
    });
    expect(backend.state().resetSessions).toBe(0);
  }, 60_000);
});

test('the task compiled for Node 22 locks users under Node 22', async () => {
  const toolchain = TOOLCHAINS[3];
  if (toolchain === undefined) throw new Error('The toolchain of runtime 1.15 is missing.');
  await compile(toolchain, 'out-node-22');

  const { stdout } = await run('npx', ['--yes', '-p', NODE_22, 'node', '--version']);
  expect(stdout.trim()).toMatch(/^v22\./);
  expect(await lockFiveUsers('npx', ['--yes', '-p', NODE_22, 'node'], 'out-node-22')).toMatchObject({
    status: 'done',
    counts: { locked: 5 }
  });
}, 120_000);

test('the manifest has the platform’s shape', async () => {
  const manifest = JSON.parse(
    await readFile(join(ROOT, 'cloudcode', 'lock_users', 'package.json'), 'utf8')
  ) as Manifest;

  expect(manifest).toMatchObject({
    name: 'lock_users',
    cloudcode: { runtime: '1.15.0', enabled: true },
    scripts: { build: 'cloudcode-build' },
    dependencies: { '@journeyapps/cloudcode': '1.15.0' },
    devDependencies: { '@journeyapps/cloudcode-build': '1.15.0' }
  });
});

test('the task runs on the same versions of its packages here and on the platform', async () => {
  const read = async (path: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(ROOT, path), 'utf8')) as Manifest;
  const [task, root] = await Promise.all([read('cloudcode/lock_users/package.json'), read('package.json')]);

  expect(withoutPlatformPackages(task).dependencies).toEqual(root.dependencies);
  expect(root.devDependencies).toMatchObject(withoutPlatformPackages(task).devDependencies);
});
