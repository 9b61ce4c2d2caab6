import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashFolder, hashTexts } from '../../shared/hash-folder';
import { loadTypeScript, readTypeScriptVersion } from '../../shared/load-typescript';
import { provideFolder } from '../../shared/provide-folder';

const OPTIONS = { target: 'es2022', module: 'commonjs', esModuleInterop: true, sourceMap: true };

/**
 * The program that a task's process runs, as JavaScript: a TypeScript loader would cost every invocation most of its start.
 * It is made of this folder's sources, into `dist/.runtime/`, when they have changed.
 *
 * @returns its path
 */
export function provideChildEntry(): string {
  const folder = join(__dirname, '..', '..', '..', 'dist', '.runtime');
  provideFolder({
    folder,
    inputs: hashTexts([hashFolder(__dirname, []), readTypeScriptVersion(), JSON.stringify(OPTIONS)]),
    make: transpileSources
  });
  return join(folder, 'child-entry.js');
}

function transpileSources(outFolder: string): void {
  const ts = loadTypeScript();
  const { options } = ts.convertCompilerOptionsFromJson(OPTIONS, __dirname);
  for (const path of readdirSync(__dirname, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    const fileName = join(__dirname, path);
    const source = readFileSync(fileName, 'utf8');
    const { outputText, sourceMapText = '' } = ts.transpileModule(source, { fileName, compilerOptions: options });
    const outPath = join(outFolder, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(outPath), { recursive: true });
    writeFileSync(outPath, outputText);
    writeFileSync(`${outPath}.map`, sourceMapText);
  }
}
