import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the backend of `npm run local` is, for the commands that use it. Its token is good for it alone. */
export interface RunningBackendNote {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

/** Writes the note, readable by this user alone; returns a function that removes it again. */
export function noteRunningBackend(root: string, note: RunningBackendNote): () => void {
  mkdirSync(join(root, '.local'), { recursive: true });
  const path = notePath(root);
  // The mode holds for a new file only.
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify(note), { mode: 0o600 });
  return () => {
    // Another backend may have been started since, and the note is about that one then.
    if (readNote(root)?.pid === note.pid) rmSync(path, { force: true });
  };
}

/** @throws Error where no backend is running */
export function findRunningBackend(root: string): RunningBackendNote {
  const note = readNote(root);
  if (note === undefined || !isAlive(note.pid)) {
    throw new Error('The local backend is not running. Start it with "npm run local" in another terminal.');
  }
  return note;
}

/** The note, or undefined where there is none that can be read. */
function readNote(root: string): RunningBackendNote | undefined {
  try {
    return JSON.parse(readFileSync(notePath(root), 'utf8')) as RunningBackendNote;
  } catch {
    return undefined;
  }
}

function notePath(root: string): string {
  return join(root, '.local', 'backend.json');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
