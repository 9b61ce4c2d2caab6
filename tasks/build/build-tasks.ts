import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** What to build. */
export interface BuildOptions {
  /** Folder that holds `cloudcode/`; the output goes to `dist/<task>/` in it. */
  readonly root: string;
  /** Only this task. Default: every enabled task. */
  readonly only?: string;
}

/** A task that was built. */
export interface BuiltTask {
  readonly name: string;
  readonly outFolder: string;
}

/**
 * The platform's compiler options as far as they are public (`declaration` to `esModuleInterop`, in published package
 * diffs), and ours for the rest (assumed). A task's own tsconfig.json is not read: it extends a file of
 * `@journeyapps/cloudcode-build`, which is not there.
 */
const TASK_OPTIONS: ts.CompilerOptions = {
  declaration: false,
  sourceMap: true,
  skipLibCheck: true,
  esModuleInterop: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  types: ['node'],
  noEmitOnError: true
};

/**
 * Compiles each enabled task of `cloudcode/` alone, as the platform does, into `dist/<task>/`. A task that does not
 * compile leaves its earlier output as it was.
 *
 * @throws Error with the compiler's messages, or saying what is wrong with a task's package.json
 */
export function buildTasks({ root, only }: BuildOptions): BuiltTask[] {
  const names = findTasks(root).filter((name) => only === undefined || name === only);
  if (names.length === 0) {
    throw new Error(
      only === undefined
        ? `There is no enabled task in ${join(root, 'cloudcode')}.`
        : `There is no enabled task "${only}".`
    );
  }
  return names.map((name) => buildTask(root, name));
}

/** Names of the folders in `cloudcode/` whose package.json says `cloudcode.enabled`. */
function findTasks(root: string): string[] {
  const folder = join(root, 'cloudcode');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => {
      const path = join(folder, name, 'package.json');
      if (!existsSync(path)) return false;
      const manifest = readManifest(path);
      if (manifest.cloudcode?.enabled !== true) return false;
      if (manifest.name !== name) {
        throw new Error(
          `${path}: "name" is ${JSON.stringify(manifest.name)}, but the platform wants the folder's name, "${name}".`
        );
      }
      return true;
    });
}

function readManifest(path: string): { name?: unknown; cloudcode?: { enabled?: unknown } } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof readManifest>;
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function buildTask(root: string, name: string): BuiltTask {
  const taskFolder = join(root, 'cloudcode', name);
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const temporary = mkdtempSync(join(dist, `.${name}-`));
  try {
    compile(taskFolder, temporary, root);
    cpSync(join(taskFolder, 'package.json'), join(temporary, 'package.json'));
    const outFolder = join(dist, name);
    replaceFolder(outFolder, temporary);
    return { name, outFolder };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Puts the new folder in the place of the old one by renaming, so that whoever reads it finds a whole one. */
function replaceFolder(folder: string, replacement: string): void {
  const old = `${replacement}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(replacement, folder);
  rmSync(old, { recursive: true, force: true });
}

function compile(taskFolder: string, outDir: string, root: string): void {
  const sources = ts.sys.readDirectory(taskFolder, ['.ts'], ['**/node_modules']);
  const program = ts.createProgram(sources, { ...TASK_OPTIONS, rootDir: taskFolder, outDir });
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
