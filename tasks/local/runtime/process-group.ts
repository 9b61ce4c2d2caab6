import type { ChildProcess } from 'node:child_process';

/** Whether a child can be started in a group of its own and ended with all that it has started. */
export const HAS_PROCESS_GROUPS = process.platform !== 'win32';

/** Children that end with this process. */
const children = new Set<ChildProcess>();

/** Ensures that the child's group ends when this process does. */
export function endWithThisProcess(child: ChildProcess): void {
  // One listener for all of them, because Node warns of more than ten.
  if (!process.listeners('exit').includes(killAll)) process.on('exit', killAll);
  children.add(child);
}

/** The child has ended, so there is nothing to kill any more. */
export function forgetChild(child: ChildProcess): void {
  children.delete(child);
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
