import type { ChildProcess } from 'node:child_process';
import { Guard } from './Guard';

/** Whether a child can be started in a group of its own and ended with all that it has started. */
export const HAS_PROCESS_GROUPS = process.platform !== 'win32';

/** Children that end with this process. */
const children = new Set<ChildProcess>();

/** Of this process: what it cleans up is the process's own. */
const guard = new Guard();

/** Ensures that the child's group ends when this process does, even where this process is killed or the child is busy for ever. */
export function endWithThisProcess(child: ChildProcess): void {
  // One listener for all of them, because Node warns of more than ten.
  if (!process.listeners('exit').includes(killAll)) process.on('exit', killAll);
  if (child.pid === undefined) return;
  children.add(child);
  guard.addGroup(child.pid);
}

/** The child has ended, so there is nothing to kill any more. */
export function forgetChild(child: ChildProcess): void {
  if (children.delete(child) && child.pid !== undefined) guard.dropGroup(child.pid);
}

/** The file is deleted when this process ends, even where it is killed. */
export function deleteWithThisProcess(path: string): void {
  guard.addFile(path);
}

/** The file is deleted already, or is somebody else's. */
export function forgetFile(path: string): void {
  guard.dropFile(path);
}

/** Ends the child and every process that it started and that is still in its group. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(HAS_PROCESS_GROUPS ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // No process is left.
  }
}

function killAll(): void {
  for (const child of children) killGroup(child);
}
