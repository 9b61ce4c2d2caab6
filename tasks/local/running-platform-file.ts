import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the platform of `npm run local` is, for the commands that use it. The secrets are good for it alone. */
export interface RunningPlatformNote {
  /** The backend's address and token. */
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** Where CloudCode takes triggers and serves web tasks. */
  readonly runtimeOrigin: string;
  readonly controlToken: string;
  readonly webSecret: string;
}

/** Writes the note, readable by this user alone; returns a function that removes it again. */
export function noteRunningPlatform(root: string, note: RunningPlatformNote): () => void {
  mkdirSync(join(root, '.local'), { recursive: true });
  const path = notePath(root);
  // The mode holds for a new file only.
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify(note), { mode: 0o600 });
  return () => {
    // Another platform may have been started since, and the note is about that one then.
    if (readNote(root)?.pid === note.pid) rmSync(path, { force: true });
  };
}

/** @throws Error where no platform is running */
export function findRunningPlatform(root: string): RunningPlatformNote {
  const note = readNote(root);
  if (note === undefined || !isAlive(note.pid)) {
    throw new Error('The local platform is not running. Start it with "npm run local" in another terminal.');
  }
  return note;
}

/** The note, or undefined where there is none that can be read. */
function readNote(root: string): RunningPlatformNote | undefined {
  try {
    return JSON.parse(readFileSync(notePath(root), 'utf8')) as RunningPlatformNote;
  } catch {
    return undefined;
  }
}

function notePath(root: string): string {
  return join(root, '.local', 'platform.json');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
