import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type ts from 'typescript';

const requireHere = createRequire(__filename);

/** The compiler. It takes a third of a second to load, so it is loaded only where something is to be compiled. */
export function loadTypeScript(): typeof ts {
  return requireHere('typescript') as typeof ts;
}

/** The compiler's version, without loading it. */
export function readTypeScriptVersion(): string {
  const manifest = JSON.parse(readFileSync(requireHere.resolve('typescript/package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
