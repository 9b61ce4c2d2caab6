import type { Libraries } from '../../tasks/build/compile-task';
import { loadTypeScript } from '../../tasks/shared/load-typescript';

/** All of Node's declarations that the small tasks of tests need. */
const NODE = `
declare const console: { log(text: string): void };
declare const process: { exit(code: number): never; readonly env: Readonly<Record<string, string | undefined>> };
`;

/** Libraries with few declarations of Node: reading the real ones takes nine tenths of the time that a small task takes to compile. */
export function standInLibraries(): Libraries {
  const ts = loadTypeScript();
  const path = require.resolve('@types/node/package.json').replace(/package\.json$/, 'index.d.ts');
  return new Map([[path, ts.createSourceFile(path, NODE, ts.ScriptTarget.ES2022)]]);
}
