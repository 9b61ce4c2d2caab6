import { relative, sep } from 'node:path';
import { loadTypeScript } from '../shared/load-typescript';

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

/**
 * Compiles a task alone, as the platform does.
 *
 * @param extraOptions compiler options beside those of the platform
 * @throws Error with the compiler's messages, or naming the files outside the task's folder that it imports
 */
export function compileTask(
  taskFolder: string,
  outDir: string,
  root: string,
  extraOptions: Readonly<Record<string, unknown>> = {}
): void {
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
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (diagnostics.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(diagnostics), {
      getCanonicalFileName: (path) => path,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n'
    })
  );
}
