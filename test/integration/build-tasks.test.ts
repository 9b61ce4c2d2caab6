import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildTasks } from '../../tasks/build/build-tasks';
import type { BuiltTask } from '../../tasks/build/build-tasks';
import type { Libraries } from '../../tasks/build/compile-task';
import { describeBuildAgent } from '../../tasks/build/find-build-agent';

let root: string;
const libraries: Libraries = new Map();
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
