import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashFolder, hashTexts, readIfThere } from '../shared/hash-folder';
import { loadTypeScript, readTypeScriptVersion } from '../shared/load-typescript';
import { provideFolder } from '../shared/provide-folder';

const ENTRY = 'tasks/lock-users/main.ts';
const OPTIONS = { target: 'es2022', module: 'commonjs', esModuleInterop: true };

/**
 * Makes `lock-users` and all that it imports JavaScript, in `dist/command/`: a TypeScript loader would cost each call more than the
 * rest of it. The files keep their places, so that their paths to each other stay right.
 *
 * @returns the folder
 */
export function buildCommand(root: string): string {
  const folder = join(root, 'dist', 'command');
  provideFolder({
    folder,
    inputs: hashTexts([
      hashFolder(join(root, 'tasks'), []),
      hashFolder(join(root, 'cloudcode', 'lock_users'), ['node_modules']),
      readIfThere(join(root, 'journeyrc.schema.json')),
      readTypeScriptVersion(),
      JSON.stringify(OPTIONS)
    ]),
    make: (emptyFolder) => {
      const waiting = [ENTRY];
      for (const path of waiting) {
        const imported = transpile(root, path, emptyFolder);
        waiting.push(...imported.filter((other) => !waiting.includes(other)));
      }
    }
  });
  return folder;
}

/** Writes a file as JavaScript; returns the files of this repository that it needs. */
function transpile(root: string, path: string, outFolder: string): string[] {
  const outPath = join(outFolder, path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(outPath), { recursive: true });
  if (path.endsWith('.json')) {
    cpSync(join(root, path), outPath);
    return [];
  }
  const ts = loadTypeScript();
  const { options } = ts.convertCompilerOptionsFromJson(OPTIONS, root);
  const source = readFileSync(join(root, path), 'utf8');
  const { outputText } = ts.transpileModule(source, { fileName: path, compilerOptions: options });
  writeFileSync(outPath, outputText);
  // Of the output, where imports of types are no longer there.
  const { importedFiles } = ts.preProcessFile(outputText, true, true);
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const target = join(dirname(path), fileName);
    return (
      ['', '.ts', '/index.ts']
        .map((end) => target + end)
        .find((file) => existsSync(join(root, file)) && file.includes('.')) ?? []
    );
  });
}
