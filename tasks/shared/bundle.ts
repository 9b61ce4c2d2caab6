import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type esbuild from 'esbuild';

const requireHere = createRequire(__filename);

const OPTIONS = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  // Those of the platform's tasks extend a file that is not there.
  tsconfigRaw: '{}',
  logLevel: 'silent'
} as const;

/**
 * Makes a program and all that it imports one file of JavaScript: each file of its own takes Node about half a millisecond to load.
 * Packages stay outside. The file has its map beside it.
 */
export function bundle(entry: string, outFile: string): void {
  // Only where something is to be made.
  const { buildSync } = requireHere('esbuild') as typeof esbuild;
  buildSync({ ...OPTIONS, entryPoints: [entry], outfile: outFile });
}

/** What the file depends on beside its sources. */
export function describeBundler(): string {
  const manifest = JSON.parse(readFileSync(requireHere.resolve('esbuild/package.json'), 'utf8')) as { version: string };
  return JSON.stringify([manifest.version, OPTIONS]);
}
