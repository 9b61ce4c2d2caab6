import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildTasks } from '../../tasks/build/build-tasks';
import { standInLibraries } from '../support/stand-in-libraries';

let root: string;
const libraries = standInLibraries();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Writes the task `one`, with a package `pkg` (and its types) in the repository's node_modules, as it is when hoisted. */
function writeTask(source: string, dependencies: object): void {
  write('cloudcode/one/package.json', { name: 'one', cloudcode: { enabled: true }, ...dependencies });
  write('cloudcode/one/index.ts', "export { value as run } from './src/value';\n");
  write('cloudcode/one/src/value.ts', source);
  for (const name of ['pkg', '@scope/pkg']) {
    write(`node_modules/${name}/index.js`, 'exports.value = 1;');
    write(`node_modules/${name}/index.d.ts`, 'export declare const value: number; export type Value = number;');
    write(`node_modules/${name}/deep.d.ts`, 'export declare const value: number;');
  }
}

test('a task that imports what its own package.json does not declare is not built, and all of it is told', () => {
  writeTask("export { value } from 'pkg';\nexport * as other from '@scope/pkg';\n", {});

  expect(() => buildTasks({ root, libraries })).toThrow(
    /value\.ts imports "pkg", which the task's package\.json does not declare.*\n.*imports "@scope\/pkg"/
  );
});

test('a package that a task runs with is declared among its dependencies, not among those of the build', () => {
  writeTask("export { value } from 'pkg';\n", { devDependencies: { pkg: '1.0.0' } });

  expect(() => buildTasks({ root, libraries })).toThrow(
    'value.ts imports "pkg", which the task\'s package.json declares among'
  );
});

test('a task that imports the types of a package of its build is built, under whatever form', () => {
  writeTask("import { Value } from 'pkg';\nexport const value: Value = 1;\n", { devDependencies: { pkg: '1.0.0' } });

  expect(buildTasks({ root, libraries })).toMatchObject([{ name: 'one' }]);
});
