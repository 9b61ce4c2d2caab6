import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { loadTypeScript } from '../shared/load-typescript';
import { findUndeclaredImports } from './find-undeclared-imports';
import type { Declarations, SourceText } from './find-undeclared-imports';

/**
 * The platform's compiler options as far as they are public (`declaration` to `esModuleInterop`, in published package
 * diffs), and ours for the rest (assumed). A task's own tsconfig.json is not read: it extends a file of
 * `@journeyapps/cloudcode-build`, which is not there.
 */
export const TASK_OPTIONS = {
  declaration: false,
  sourceMap: true,
  skipLibCheck: true,
  esModuleInterop: true,
  strict: true,
  target: 'es2022',
  lib: ['es2022'],
  module: 'commonjs',
  moduleResolution: 'node10',
  types: ['node'],
  noEmitOnError: true
};

/** What to compile. */
export interface Compilation {
  /** Where messages are relative to. */
  readonly root: string;
  /** Folder of the sources. */
  readonly taskFolder: string;
  /** The task's package.json. */
  readonly manifestPath: string;
  readonly outDir: string;
  /** Compiler options beside those of the platform. Default: none. */
  readonly extraOptions?: Readonly<Record<string, unknown>>;
}

/**
 * Compiles a task alone, as the platform does.
 *
 * @throws Error with the compiler's messages, or naming the files outside the task's folder or the undeclared packages that it
 *   imports
 */
export function compileTask({ root, taskFolder, manifestPath, outDir, extraOptions = {} }: Compilation): void {
  const ts = loadTypeScript();
  const { options } = ts.convertCompilerOptionsFromJson({ ...TASK_OPTIONS, ...extraOptions }, root);
  const sources = ts.sys.readDirectory(taskFolder, ['.ts'], ['**/node_modules']);
  const program = ts.createProgram(sources, { ...options, rootDir: taskFolder, outDir });
  const outsiders = program
    .getSourceFiles()
    .map((file) => file.fileName)
    .filter((path) => !path.includes('/node_modules/') && relative(taskFolder, path).startsWith(`..${sep}`));
  if (outsiders.length > 0) {
    throw new Error(
      `${relative(root, taskFolder)} imports ${outsiders.map((path) => relative(root, path)).join(', ')}. ` +
        'The platform ships each task folder alone, so a task imports nothing from outside its folder.'
    );
  }
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Declarations;
  const files = sources.map((path): SourceText => {
    return { path: relative(root, path), text: readFileSync(path, 'utf8'), isCompiled: false };
  });
  const { diagnostics: emitted } = program.emit(undefined, (path, text, hasMark, _onError, [source] = []) => {
    ts.sys.writeFile(path, text, hasMark);
    if (!path.endsWith('.js')) return;
    files.push({ path: relative(root, source?.fileName ?? path), text, isCompiled: true });
  });
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...emitted];
  const undeclared = findUndeclaredImports(files, manifest);
  if (undeclared.length > 0) throw new Error(undeclared.join('\n'));
  if (diagnostics.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(diagnostics), {
      getCanonicalFileName: (path) => path,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n'
    })
  );
}
