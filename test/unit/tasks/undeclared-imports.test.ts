import { findUndeclaredImports } from '../../../tasks/build/find-undeclared-imports';
import type { Declarations } from '../../../tasks/build/find-undeclared-imports';

const find = (text: string, declared: Declarations = {}, isCompiled = false): string[] =>
  findUndeclaredImports([{ path: 'one/index.ts', text, isCompiled }], declared);
const PKG = { pkg: '1.0.0' };

test.each<[string, string]>([
  ['a package', "export { value } from 'pkg';"],
  ['a file of a package', "import { value } from 'pkg/deep';"],
  ['the types of a package', "import type { Value } from 'pkg';"],
  ['a package while it runs', "export const run = () => import('pkg');"],
  ['a package in the old way', "const pkg = require('pkg');"]
])('%s has to be declared', (_what, text) => {
  expect(find(text)).toEqual([
    'one/index.ts imports "pkg", which the task\'s package.json does not declare. Deployed, the task would fail. Add "pkg" to its "dependencies".'
  ]);
  expect(find(text, { dependencies: PKG })).toEqual([]);
  expect(find(text, { optionalDependencies: PKG })).toEqual([]);
  expect(find(text, { devDependencies: PKG })).toEqual([]);
  expect(find(text, { devDependencies: { '@types/pkg': '1.0.0' } })).toEqual([]);
});

test('what runs has to be declared as what it runs with', () => {
  const text = 'const pkg_1 = require("pkg"); const deep_1 = require("pkg/deep");';

  expect(find(text, { devDependencies: PKG }, true)).toEqual([
    expect.stringContaining('imports "pkg", which the task\'s package.json declares among "devDependencies" only.')
  ]);
  expect(find(text, { devDependencies: { '@types/pkg': '1.0.0' } }, true)).toEqual([
    expect.stringContaining('does not declare')
  ]);
  expect(find(text, { dependencies: PKG }, true)).toEqual([]);
});

test('a package with a scope is declared by its whole name', () => {
  const text = "import '@scope/pkg/deep';";

  expect(find(text)).toEqual([expect.stringContaining('"@scope/pkg"')]);
  expect(find(text, { devDependencies: { '@types/scope__pkg': '1.0.0' } })).toEqual([]);
});

test("Node's own modules and the task's own files need no declaration", () => {
  expect(find("import 'fs'; import 'node:path'; import 'fs/promises'; import './src/a'; import '..';")).toEqual([]);
});
