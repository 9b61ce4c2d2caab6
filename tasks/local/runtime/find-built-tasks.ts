import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { hashOutput, isBeingMade, readStamp } from '../../shared/provide-folder';

/** Longest time that a build is waited for which is replacing the task at this moment, in milliseconds. */
const BUILD_PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 5;

/** Copies that no invocation can be running from any more are deleted, in milliseconds: an invocation takes five minutes at most. */
const COPY_AGE_MS = 60 * 60 * 1000;

/** Names of the tasks that `npm run build` has put into `dist/`. */
export function listBuiltTasks(root: string): string[] {
  const folder = join(root, 'dist');
  if (!existsSync(folder)) return [];
  // A name with a dot is a build on its way, or a copy.
  return readdirSync(folder).filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'index.js')));
}

/**
 * Folder that a built task runs from: a copy, because a build may replace `dist/<task>` while the task is running, and modules may
 * be loaded late. The copy is named after its content, and made once.
 *
 * @throws Error naming the tasks that there are
 */
export function findBuiltTask(root: string, task: string): string {
  const folder = join(root, 'dist', task);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const before = identify(root, task);
    const copy = before === undefined ? undefined : provideCopy(root, task);
    if (copy !== undefined) return copy;
    // Nobody has replaced it meanwhile: it was made or changed by hand, and whoever did that wants just that.
    if (before !== undefined && identify(root, task) === before) return folder;
    const isComing = existsSync(join(root, 'dist')) && isBeingMade(folder);
    // In this order: what is no longer being made is there.
    const tasks = listBuiltTasks(root);
    if (waitedMs >= BUILD_PATIENCE_MS || !(isComing || tasks.includes(task))) {
      throw new Error(`There is no enabled task "${task}". There is ${tasks.join(', ')}.`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
}

/** What tells a built task from one that has replaced it; undefined where there is none. */
function identify(root: string, task: string): string | undefined {
  const folder = join(root, 'dist', task);
  // A path is no name, and what begins with a dot is no task.
  if (!/^[^./\\][^/\\]*$/.test(task) || !existsSync(join(folder, 'index.js'))) return undefined;
  const found = statSync(folder, { throwIfNoEntry: false });
  return found && `${found.ino}:${found.mtimeMs}`;
}

/** The copy, or undefined where the task has no stamp or is being replaced meanwhile. */
function provideCopy(root: string, task: string): string | undefined {
  const dist = join(root, 'dist');
  const output = readStamp(join(dist, task))?.output;
  if (typeof output !== 'string') return undefined;
  // As deep as the task itself, so that its source maps point to the sources.
  const copy = join(dist, `.${task}@${output.slice(0, 16)}`);
  if (existsSync(copy)) {
    // Its age counts from its last use.
    utimesSync(copy, new Date(), new Date());
    return copy;
  }
  const temporary = mkdtempSync(join(dist, `.${task}@-${process.pid}-`));
  try {
    cpSync(join(dist, task), temporary, { recursive: true });
    if (hashOutput(temporary) !== output) return undefined;
    renameSync(temporary, copy);
    deleteOldCopies(dist, task, copy);
    return copy;
  } catch {
    // It was replaced meanwhile, or another process has made the same copy.
    return existsSync(copy) ? copy : undefined;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function deleteOldCopies(dist: string, task: string, current: string): void {
  for (const name of readdirSync(dist).filter((entry) => entry.startsWith(`.${task}@`))) {
    const path = join(dist, name);
    const changed = statSync(path, { throwIfNoEntry: false });
    if (path === current || changed === undefined || Date.now() - changed.mtimeMs < COPY_AGE_MS) continue;
    rmSync(path, { recursive: true, force: true });
  }
}
