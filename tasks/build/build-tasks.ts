import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALL_NOTE } from '../lock-users/install/install-folder';
import { hashFolder, hashTexts, readIfThere } from '../shared/hash-folder';
import { readTypeScriptVersion } from '../shared/load-typescript';
import { provideFolder, readStamp } from '../shared/provide-folder';
import { compileTask, TASK_OPTIONS } from './compile-task';
import type { Libraries } from './compile-task';

/** What to build. */
export interface BuildOptions {
  /** Folder that holds `cloudcode/`; the output goes to `dist/<task>/` in it. */
  readonly root: string;
  /** Only this task. Default: every enabled task. */
  readonly only?: string;
  /** Shared by several builds between which no package changes, it makes all but the first faster. Default: an empty one. */
  readonly libraries?: Libraries;
}

/** A task that was built. */
export interface BuiltTask {
  readonly name: string;
  readonly outFolder: string;
  /** Whether an earlier output was still right, so that nothing was compiled. */
  readonly isUnchanged: boolean;
}

/**
 * Compiles each enabled task of `cloudcode/` alone, as the platform does, into `dist/<task>/`. A task that does not
 * compile leaves its earlier output as it was. One whose earlier output is made of the same files is not compiled again. The
 * output of a task that is no longer there, or no longer enabled, is deleted.
 *
 * @throws Error with the compiler's messages, or saying what is wrong with a task's package.json
 */
export function buildTasks({ root, only, libraries = new Map() }: BuildOptions): BuiltTask[] {
  const enabled = findTasks(root);
  if (only === undefined) deleteOthers(root, enabled);
  const names = enabled.filter((name) => only === undefined || name === only);
  if (names.length === 0) {
    throw new Error(
      only === undefined
        ? `There is no enabled task in ${join(root, 'cloudcode')}.`
        : `There is no enabled task "${only}".`
    );
  }
  return names.map((name) => buildTask(root, name, libraries));
}

/** Deletes what was built of other tasks; whatever else is in `dist/` stays. */
function deleteOthers(root: string, names: readonly string[]): void {
  const folder = join(root, 'dist');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    // A name with a dot is a build on its way; the stamp tells what was built, and index.js that it is a task.
    if (name.startsWith('.') || names.includes(name) || !existsSync(join(path, 'index.js'))) continue;
    if (readStamp(path) !== undefined) rmSync(path, { recursive: true });
  }
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
    throw new Error(`${path} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function buildTask(root: string, name: string, libraries: Libraries): BuiltTask {
  const taskFolder = join(root, 'cloudcode', name);
  const outFolder = join(root, 'dist', name);
  const result = provideFolder({
    folder: outFolder,
    inputs: hashInputs(root, taskFolder),
    make: (emptyFolder) => {
      const manifestPath = join(taskFolder, 'package.json');
      compileTask({ root, taskFolder, manifestPath, outDir: emptyFolder, libraries });
      cpSync(manifestPath, join(emptyFolder, 'package.json'));
    }
  });
  return { name, outFolder, isUnchanged: result === 'unchanged' };
}

/** A hash of the task's files, without the note of their installation, the compiler and its options, and the installed packages, whose types are checked against. */
function hashInputs(root: string, taskFolder: string): string {
  return hashTexts([
    hashFolder(taskFolder, ['node_modules', INSTALL_NOTE]),
    readTypeScriptVersion(),
    JSON.stringify(TASK_OPTIONS),
    ...[root, taskFolder].map((folder) => readIfThere(join(folder, 'node_modules', '.package-lock.json')))
  ]);
}
