import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type esbuild from 'esbuild';

const requireHere = createRequire(__filename);

/**
 * Makes a program and all that it imports one file of JavaScript: each file of its own takes Node about half a millisecond to load.
 * Packages stay outside. The file has its map beside it.
 */
export function bundle(entry: string, outFile: string): void {
  // Only where something is to be made.
  const { buildSync } = requireHere('esbuild') as typeof esbuild;
  buildSync({
    entryPoints: [entry],
    outfile: outFile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    // Those of the platform's tasks extend a file that is not there.
    tsconfigRaw: '{}',
    logLevel: 'silent'
  });
}

/** The version of what makes it, without loading that. */
export function readBundlerVersion(): string {
  const manifest = JSON.parse(readFileSync(requireHere.resolve('esbuild/package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
