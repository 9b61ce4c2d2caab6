import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '../shared/command-errors';
import { deleteWithThisProcess, forgetFile } from '../shared/process-group';

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

/** Longest time that a platform may take to say that it is there, in milliseconds: it may be busy. */
const ANSWER_TIMEOUT_MS = 5000;

/**
 * Writes the note, readable by this user alone, where there is none of another platform; returns a function that removes it. It
 * also goes where this process is killed.
 *
 * @throws SettingsError where another platform is running here, or the note cannot be written
 */
export function noteRunningPlatform(root: string, note: RunningPlatformNote): () => void {
  const path = notePath(root);
  const other = readNote(root);
  if (other !== undefined && other.pid !== note.pid && isAlive(other.pid)) throw secondPlatform(other);
  orExplain(path, () => {
    mkdirSync(join(root, '.local'), { recursive: true });
    if (other !== undefined) rmSync(path);
    // "wx": of two that start at the same moment one fails.
    writeFileSync(path, JSON.stringify(note), { mode: 0o600, flag: 'wx' });
  });
  deleteWithThisProcess(path);
  return () => {
    rmSync(path, { force: true });
    forgetFile(path);
  };
}

/**
 * Ensures that no platform runs in this checkout: its commands would not find it any more. A note that a platform has left
 * behind, although it runs no more, is deleted.
 *
 * @throws SettingsError where one is running, or the note could not be written
 */
export async function refuseSecondPlatform(root: string): Promise<void> {
  const note = readNote(root);
  // The number of a process that is gone may be another's.
  if (note !== undefined && isAlive(note.pid) && (await answers(note))) throw secondPlatform(note);
  const path = notePath(root);
  orExplain(path, () => {
    mkdirSync(join(root, '.local'), { recursive: true });
    accessSync(join(root, '.local'), constants.W_OK);
    rmSync(path, { force: true });
  });
}

function orExplain(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new SettingsError(
      `${path}, which tells other commands where the platform is, cannot be written: ${(error as Error).message}. Make .local a folder that you may write to, or delete it.`
    );
  }
}

function secondPlatform({ pid, url }: RunningPlatformNote): SettingsError {
  return new SettingsError(
    `A local platform is running in this folder already: process ${pid}, ${url}. Use it, or stop it with Ctrl-C in its terminal.`
  );
}

async function answers({ runtimeOrigin, controlToken }: RunningPlatformNote): Promise<boolean> {
  try {
    const headers = { Authorization: `Bearer ${controlToken}` };
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    // The one answer that a stranger at this address does not give: no other method is allowed.
    const { status } = await fetch(`${runtimeOrigin}/_local/trigger`, { headers, signal });
    return status === 405;
  } catch (error) {
    return (error as Error).name === 'TimeoutError';
  }
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
