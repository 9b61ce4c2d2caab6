import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { buildTasks } from '../../tasks/build/build-tasks';
import type { BuiltTask } from '../../tasks/build/build-tasks';
import { findBuiltTask, listBuiltTasks } from '../../tasks/local/runtime/find-built-tasks';
import { describeBuildAgent } from '../../tasks/build/find-build-agent';
import { PRECOMPILED } from '../support/CommandFolder';
import { standInLibraries } from '../support/stand-in-libraries';

let root: string;
const libraries = standInLibraries();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function build(only?: string): BuiltTask[] {
  return buildTasks({ root, libraries, ...(only !== undefined && { only }) });
}
function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}
function writeTask(name: string, source: string, manifest: object = {}): void {
  write(`cloudcode/${name}/package.json`, { name, cloudcode: { runtime: '1.15.0', enabled: true }, ...manifest });
  write(`cloudcode/${name}/index.ts`, source);
}

test('each enabled task is compiled into a folder of its own, with its modules, maps and manifest', () => {
  writeTask('one', "import { two } from './src/two';\nexport const run = (): number => two;\n");
  write('cloudcode/one/src/two.ts', 'export const two = 2;\n');
  writeTask('off', 'export const run = 1;', { cloudcode: { enabled: false } });
  write('cloudcode/notes.txt', 'no task');

  const built = build();

  expect(built).toEqual([{ name: 'one', outFolder: join(root, 'dist', 'one'), isUnchanged: false }]);
  expect(readdirSync(join(root, 'dist'))).toEqual(['one']);
  expect(readdirSync(join(root, 'dist', 'one')).sort()).toEqual([
    '.stamp.json',
    'index.js',
    'index.js.map',
    'package.json',
    'src'
  ]);
});

describe('a task that was built', () => {
  const outFile = (): string => join(root, 'dist', 'one', 'index.js');
  // Built once and copied, because compiling takes a second or more.
  let built: string;
  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), 'built-'));
    root = built;
    writeTask('one', 'export const run = (): number => 1;\n');
    build();
  });
  beforeEach(() => cpSync(built, root, { recursive: true }));
  afterAll(() => rmSync(built, { recursive: true }));

  test('is not compiled again while nothing has changed', () => {
    const { ino } = statSync(outFile());

    expect(build()).toMatchObject([{ name: 'one', isUnchanged: true }]);
    expect(statSync(outFile()).ino).toBe(ino);
  });

  test.each<[string, () => void]>([
    ['a source has changed', () => writeTask('one', 'export const run = (): number => 2;\n')],
    ['a source has come', () => write('cloudcode/one/src/more.ts', 'export const more = 1;\n')],
    ['package.json has changed', () => writeTask('one', 'export const run = (): number => 1;\n', { version: '2.0.0' })],
    ['an output file was deleted', () => rmSync(outFile())],
    ['an output file was changed', () => writeFileSync(outFile(), 'exports.run = () => 3;\n')],
    ['other packages are installed', () => write('node_modules/.package-lock.json', { packages: { lodash: {} } })]
  ])('is compiled again where %s', (_name, change) => {
    change();

    expect(build()).toMatchObject([{ isUnchanged: false }]);
    expect(build()).toMatchObject([{ isUnchanged: true }]);
    const [, source] = /=> (\d)/.exec(readFileSync(join(root, 'cloudcode', 'one', 'index.ts'), 'utf8')) ?? [];
    expect(readFileSync(outFile(), 'utf8')).toContain(`=> ${source}`);
    expect(JSON.parse(readFileSync(join(root, 'dist', 'one', 'package.json'), 'utf8'))).toEqual(
      JSON.parse(readFileSync(join(root, 'cloudcode', 'one', 'package.json'), 'utf8'))
    );
  });
});

test('the example of an evening compiles as a task, and orders the way back before the lock that it undoes', async () => {
  cpSync(join(__dirname, '..', '..', 'examples', 'evening'), join(root, 'cloudcode', 'evening'), { recursive: true });
  const [built] = buildTasks({ root });
  const orders: { queue: string; at?: Date; parameters: Record<string, unknown> }[] = [];
  const scheduleTask = (order: (typeof orders)[number]): Promise<void> => Promise.resolve(void orders.push(order));
  const { run } = jest.requireActual<{ run: () => Promise<string> }>(join(built?.outFolder ?? '', 'index.js'));

  Object.assign(globalThis, { CloudCode: { scheduleTask } });
  const runId = await run().finally(() => Reflect.deleteProperty(globalThis, 'CloudCode'));

  expect(orders.map(({ parameters }) => parseParameters(parameters))).toMatchObject([
    { action: 'unlock', undo: runId },
    { action: 'lock', runId }
  ]);
  expect(orders[0]?.at?.getTime()).toBeGreaterThan(Date.now());
  expect(orders[1]?.at).toBeUndefined();
  expect(orders[0]?.queue).not.toBe(orders[1]?.queue);
});

test('a task that does not compile says where, and leaves its earlier output', () => {
  writeTask('one', 'export const run = (): number => 1;\n');
  build();
  writeTask('one', "export const run = (): number => 'x';\n");

  expect(() => build()).toThrow(
    "cloudcode/one/index.ts(1,34): error TS2322: Type 'string' is not assignable to type 'number'."
  );
  expect(readFileSync(join(root, 'dist', 'one', 'index.js'), 'utf8')).toContain('=> 1');
  expect(readdirSync(join(root, 'dist'))).toEqual(['one']);
});

test('a task that imports from outside its folder is refused', () => {
  write('shared/value.ts', 'export const value = 1;\n');
  writeTask('one', "export { value as run } from '../../shared/value';\n");

  expect(() => build()).toThrow('cloudcode/one imports shared/value.ts. The platform ships each task folder alone');
  expect(existsSync(join(root, 'dist', 'one'))).toBe(false);
});

test('a name that is not the folder’s is refused', () => {
  writeTask('one', '', { name: 'two' });

  expect(() => build()).toThrow('"name" is "two", but the platform wants the folder\'s name, "one".');
});

test('a manifest that is not valid JSON, and a task that is not there, are clear errors', () => {
  expect(() => build()).toThrow('There is no enabled task in');
  expect(() => build('nothing')).toThrow('There is no enabled task "nothing".');
  write('cloudcode/one/package.json', '{');
  expect(() => build()).toThrow('package.json is not valid JSON');
});

test.each<[string, object, string]>([
  [
    'named commands',
    { version: '2.0.0', bin: { 'cc-build': 'x.js' } },
    "2.0.0 is installed: the platform's own build can be used as well: npx cc-build --help"
  ],
  ['one command', { version: '2.0.0', bin: 'x.js' }, 'npx cloudcode-build-agent --help'],
  ['no command', { version: '2.0.0' }, 'can be used as well.']
])('the platform’s build agent with %s is told of where it is installed', (_name, manifest, sentence) => {
  expect(describeBuildAgent(root)).toBeUndefined();

  write('node_modules/@journeyapps/cloudcode-build-agent/package.json', manifest);

  expect(describeBuildAgent(root)).toContain(sentence);
});

test('a task that was deleted, renamed or disabled is gone after the next build, and what is not of a build stays', () => {
  for (const name of ['one', 'gone', 'renamed', 'off']) writeTask(name, 'export const run = 1;');
  build();
  write('dist/by-hand/index.js', '');
  rmSync(join(root, 'cloudcode', 'gone'), { recursive: true });
  renameSync(join(root, 'cloudcode', 'renamed'), join(root, 'cloudcode', 'other'));
  writeTask('other', 'export const run = 1;');
  writeTask('off', 'export const run = 1;', { cloudcode: { enabled: false } });

  build();

  expect(listBuiltTasks(root).sort()).toEqual(['by-hand', 'one', 'other']);
  expect(() => findBuiltTask(root, 'gone')).toThrow('There is no enabled task "gone".');
});

test.each(['', '..', '../dist/one', 'one/../one', '.one@'])('%j is the name of no task', (name) => {
  write('dist/one/index.js', '');

  expect(() => findBuiltTask(root, name)).toThrow(`There is no enabled task "${name}". There is one.`);
});

test('building one task alone leaves the others', () => {
  for (const name of ['one', 'two']) writeTask(name, 'export const run = 1;');
  build();

  build('one');

  expect(listBuiltTasks(root).sort()).toEqual(['one', 'two']);
});

test('a task that is running goes on with what it was started from, late modules included', () => {
  const write2 = (n: number): void => write('cloudcode/one/late.ts', `export const late = ${n};\n`);
  writeTask('one', "export const run = async (): Promise<number> => (await import('./late')).late;\n");
  write2(1);
  build();
  const started = findBuiltTask(root, 'one');

  write2(2);
  build();

  const late = (folder: string): unknown => readFileSync(join(folder, 'late.js'), 'utf8').match(/late = (\d)/)?.[1];
  expect([late(started), late(findBuiltTask(root, 'one'))]).toEqual(['1', '2']);
  expect(findBuiltTask(root, 'one')).toBe(findBuiltTask(root, 'one'));
});

test('builds while tasks start disturb none of them: each start finds a whole task', async () => {
  const module = JSON.stringify(require.resolve('../../tasks/shared/provide-folder'));
  const source = `
    const { provideFolder } = require(${module});
    const { existsSync, writeFileSync } = require('node:fs');
    const build = (n) => provideFolder({
      folder: ${JSON.stringify(join(root, 'dist', 'one'))},
      inputs: String(n),
      make: (path) => { for (const name of ['index.js', 'a', 'b', 'c']) writeFileSync(path + '/' + name, String(n)); }
    });
    build(0);
    console.log('built');
    for (let n = 1; !existsSync(${JSON.stringify(join(root, 'enough'))}); n++) build(n);
  `;
  const builder = spawn(process.execPath, ['--require', PRECOMPILED, '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  let isBuilding = true;
  const ended = once(builder, 'close').then(() => (isBuilding = false));
  await once(builder.stdout, 'data');
  const seen = new Set<string>();
  while (isBuilding && seen.size < 20) {
    const folder = findBuiltTask(root, 'one');
    const texts = ['index.js', 'a', 'b', 'c'].map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(new Set(texts).size).toBe(1);
    seen.add(String(texts[0]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  write('enough', '');
  await ended;

  expect(seen.size).toBe(20);
});

test('a folder that cannot be written is told, and what a killed build has left is cleaned up', () => {
  writeTask('one', 'export const run = 1;');
  const killed = `.one-${spawnSync(process.execPath, ['-e', '']).pid}-abcdef`;
  write(`dist/${killed}/index.js`, '');
  build();
  expect(readdirSync(join(root, 'dist'))).toEqual(['one']);

  rmSync(join(root, 'dist'), { recursive: true });
  write('dist', '');
  expect(() => build()).toThrow(/dist\/one cannot be made: E[A-Z]+.*Make .*dist a folder that you may write to\./);
});
