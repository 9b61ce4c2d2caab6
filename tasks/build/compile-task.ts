import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { CompilerHost, CompilerOptions, SourceFile } from 'typescript';
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
  /** Where messages are relative to, and whose `node_modules` has the types. */
  readonly root: string;
  /** Folder of the sources. */
  readonly taskFolder: string;
  /** The task's package.json. */
  readonly manifestPath: string;
  readonly outDir: string;
  /** Compiler options beside those of the platform. Default: none. */
  readonly extraOptions?: Readonly<Record<string, unknown>>;
  /** Declarations that were read before; this compilation adds what it reads. */
  readonly libraries: Libraries;
}

/** Declaration files of installed packages by path. Reading them takes most of the time that a small task takes to compile. */
export type Libraries = Map<string, SourceFile>;

/**
 * Compiles a task alone, as the platform does.
 *
 * @throws Error with the compiler's messages, or naming the files outside the task's folder or the undeclared packages that it
 *   imports
 */
export function compileTask({
  root,
  taskFolder,
  manifestPath,
  outDir,
  extraOptions = {},
  libraries
}: Compilation): void {
  const ts = loadTypeScript();
  const converted = ts.convertCompilerOptionsFromJson({ ...TASK_OPTIONS, ...extraOptions }, root);
  const options = { ...converted.options, rootDir: taskFolder, outDir };
  const sources = ts.sys.readDirectory(taskFolder, ['.ts'], ['**/node_modules']);
  const program = ts.createProgram(sources, options, createHost(options, libraries));
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

function createHost(options: CompilerOptions, libraries: Libraries): CompilerHost {
  const host = loadTypeScript().createCompilerHost(options);
  return {
    ...host,
    getSourceFile: (path, ...how) => {
      const file = libraries.get(path) ?? host.getSourceFile(path, ...how);
      if (file !== undefined && path.includes('/node_modules/')) libraries.set(path, file);
      return file;
    }
  };
}
