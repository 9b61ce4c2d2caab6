import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { keepFolder } from './keep-folder';
import { RUNNER } from './runner';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** The newest Node 22 when this was written; the platform's runtime 1.15 is Node 22, 1.13 and 1.14 are Node 20. */
const NODE_22 = 'node@22.23.3';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Compiler options of the platform's toolchains as far as they are public; target, module and strict are assumed. */
const VISIBLE_OPTIONS = { declaration: false, sourceMap: true, module: 'commonjs', strict: true };

type Compiler = 'typescript-4.9' | 'typescript';

/** Checks the declarations of the packages, but not those that are the compiler's own. */
const CHECKED_PACKAGES = { skipDefaultLibCheck: true };

interface Toolchain {
  readonly name: string;
  readonly compiler: Compiler;
  readonly options: Readonly<Record<string, unknown>>;
  /** Where its output goes, in the task's folder. */
  readonly outFolder: string;
}

const NEWEST: Toolchain = {
  name: 'TypeScript 5.9 as newer toolchains have it',
  compiler: 'typescript',
  options: { target: 'es2022', skipLibCheck: true, esModuleInterop: true, types: ['@journeyapps/cloudcode'] },
  outFolder: 'out-5.9-newest'
};
const TOOLCHAINS: readonly Toolchain[] = [
  {
    name: 'TypeScript 4.9 as runtime 1.13 has it',
    compiler: 'typescript-4.9',
    options: { ...CHECKED_PACKAGES, target: 'es2018' },
    outFolder: 'out-4.9'
  },
  {
    name: 'TypeScript 4.9 with skipLibCheck',
    compiler: 'typescript-4.9',
    options: { target: 'es2022', skipLibCheck: true },
    outFolder: 'out-4.9-skip'
  },
  {
    name: 'TypeScript 5.9 without skipLibCheck',
    compiler: 'typescript',
    options: { ...CHECKED_PACKAGES, target: 'es2018' },
    outFolder: 'out-5.9'
  },
  NEWEST
];

// npm, npx and compilers: seconds each on an idle machine, and npm may have to download.
jest.setTimeout(300_000);

let folder: string;
let backend: RunningBackend;

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'deploy-')), 'lock_users');
  cpSync(keepFolder('installed', [], install), folder, { recursive: true });
  backend = await startBackend();
});

afterAll(async () => {
  await backend.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

function withoutPlatformPackages(manifest: Manifest): Manifest {
  const keep = (packages: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !name.startsWith('@journeyapps/')));
  return { ...manifest, dependencies: keep(manifest.dependencies), devDependencies: keep(manifest.devDependencies) };
}

/** Copies the task alone into the folder and installs its packages. */
function install(into: string): void {
  cpSync(join(ROOT, 'cloudcode', 'lock_users'), into, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(into, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(join(into, 'package.json'), JSON.stringify(withoutPlatformPackages(manifest)));
  execFileSync(
    'npm',
    ['install', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'],
    { cwd: into }
  );
  // A stand-in for the platform's type package: it declares the globals, so it shows that the task does not clash.
  mkdirSync(join(into, 'node_modules', '@journeyapps', 'cloudcode'), { recursive: true });
  mkdirSync(join(into, 'node_modules', '@journeyapps', 'cloudcode-build'), { recursive: true });
  writeFileSync(
    join(into, 'node_modules', '@journeyapps', 'cloudcode-build', 'task-tsconfig.json'),
    JSON.stringify({ compilerOptions: VISIBLE_OPTIONS })
  );
  writeFileSync(
    join(into, 'node_modules', '@journeyapps', 'cloudcode', 'index.d.ts'),
    'export {};\ndeclare global {\n  const DB: { user: object };\n  const CloudCode: object;\n}\n'
  );
}

/** Compiles the task with this toolchain. */
async function compile({ compiler, options, outFolder }: Toolchain): Promise<void> {
  const [version, packages] = await Promise.all([
    readFile(join(ROOT, 'node_modules', compiler, 'package.json'), 'utf8'),
    readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8')
  ]);
  const compiled = keepFolder(outFolder, [version, packages], (outDir) => {
    const project = join(folder, `tsconfig.${outFolder}.json`);
    writeFileSync(project, JSON.stringify({ extends: './tsconfig.json', compilerOptions: { ...options, outDir } }));
    const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--single-threaded-gc', '--max-semi-space-size=64', tsc, '--project', project],
      {
        cwd: folder,
        encoding: 'utf8'
      }
    );
    if (status !== 0) throw new Error(stdout);
  });
  await cp(compiled, join(folder, outFolder), { recursive: true });
  await writeFile(join(folder, outFolder, 'run-as-platform.js'), RUNNER);
}

/** Locks five fresh users with the compiled task under the Node of this path. */
async function lockFiveUsers(node: string, outFolder: string): Promise<Report> {
  const { userIds } = backend.seed({ users: 5 });
  const { stdout } = await run(node, [join(folder, outFolder, 'run-as-platform.js')], {
    env: {
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      TEST_USER_IDS: JSON.stringify(userIds)
    }
  });
  expect(userIds.map((id) => backend.user(id)?.locked)).toEqual(Array(5).fill(true));
  return JSON.parse(stdout.trim().split('\n').pop() ?? '') as Report;
}

test.each(TOOLCHAINS)(
  'copied alone and compiled with $name, the task locks users under this Node',
  async (toolchain) => {
    await compile(toolchain);

    expect(await lockFiveUsers(process.execPath, toolchain.outFolder)).toMatchObject({
      status: 'done',
      counts: { locked: 5 }
    });
    expect(backend.state().resetSessions).toBe(0);
  }
);

test('the task compiled for Node 22 locks users under Node 22', async () => {
  await compile(NEWEST);

  const script = 'console.log(JSON.stringify([process.version, process.execPath]))';
  const { stdout } = await run('npx', ['--yes', '-p', NODE_22, 'node', '--eval', script]);
  const [version, node] = JSON.parse(stdout) as [string, string];
  expect(version).toMatch(/^v22\./);
  expect(await lockFiveUsers(node, NEWEST.outFolder)).toMatchObject({ status: 'done', counts: { locked: 5 } });
});

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

  // The published command line needs more packages than the task.
  expect(root.dependencies).toMatchObject(withoutPlatformPackages(task).dependencies);
  expect(root.devDependencies).toMatchObject(withoutPlatformPackages(task).devDependencies);
});
