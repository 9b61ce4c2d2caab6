import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashFolder } from './hash-folder';

/** Name of a folder that is being made: it tells what for, and by which process. */
const TEMPORARY = /^\.(.+)-(\d+)-[A-Za-z0-9]{6}(?:-old)?$/;

/** The file in a generated folder that says what the folder was made of, and what was made. */
const STAMP = '.stamp.json';

/** A folder that is generated. */
export interface GeneratedFolder {
  readonly folder: string;
  /** A hash of everything that the content depends on. */
  readonly inputs: string;
  /** Writes the content into an empty folder. */
  make(emptyFolder: string): void;
}

/**
 * Generates a folder, unless it is there, was made of the same inputs, and has not been changed since. It is made beside its
 * place and put there by renaming, so that it is always whole, and several processes may do this at once.
 *
 * @throws what `make` throws, or Error saying that nothing can be written there; an earlier folder then stays as it was
 */
export function provideFolder({ folder, inputs, make }: GeneratedFolder): 'made' | 'unchanged' {
  if (isCurrent(folder, inputs)) return 'unchanged';
  const temporary = makeTemporary(folder);
  try {
    make(temporary);
    writeFileSync(join(temporary, STAMP), JSON.stringify({ inputs, output: hashOutput(temporary) }));
    putInPlace(temporary, folder, inputs);
    return 'made';
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** What this folder was made of and what was made, as its stamp says; undefined where it has none. */
export function readStamp(folder: string): { readonly inputs?: unknown; readonly output?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, STAMP), 'utf8')) as { inputs?: unknown; output?: unknown };
  } catch {
    return undefined;
  }
}

/** A hash of what is in a generated folder, as `output` of its stamp has it. */
export function hashOutput(folder: string): string {
  return hashFolder(folder, [STAMP]);
}

/** Whether somebody is making this folder right now. */
export function isBeingMade(folder: string): boolean {
  return readdirSync(dirname(folder)).some((name) => {
    const [, made, pid] = TEMPORARY.exec(name) ?? [];
    return made === basename(folder) && isAlive(Number(pid));
  });
}

function makeTemporary(folder: string): string {
  const parent = dirname(folder);
  try {
    mkdirSync(parent, { recursive: true });
    // What a process that was killed has left behind.
    for (const name of readdirSync(parent)) {
      const [, , pid] = TEMPORARY.exec(name) ?? [];
      if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
    }
    return mkdtempSync(join(parent, `.${basename(folder)}-${process.pid}-`));
  } catch (error) {
    throw new Error(
      `${folder} cannot be made: ${(error as Error).message}. Make ${parent} a folder that you may write to.`
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isCurrent(folder: string, inputs: string): boolean {
  try {
    const stamp = readStamp(folder);
    return stamp !== undefined && stamp.inputs === inputs && stamp.output === hashOutput(folder);
  } catch {
    // Another process is replacing the folder: make it.
    return false;
  }
}

function putInPlace(replacement: string, folder: string, inputs: string): void {
  // Another process may have made the same meanwhile; tasks may be running from it already.
  while (!isCurrent(folder, inputs)) {
    const old = `${replacement}-old`;
    renameUnless(['ENOENT'], folder, old);
    // Nothing in between: whoever looks meanwhile finds nothing.
    const isDone = renameUnless(['ENOTEMPTY', 'EEXIST'], replacement, folder);
    rmSync(old, { recursive: true, force: true });
    if (isDone) return;
  }
}

/** Renames a folder; returns whether it did, or throws where it could not for another reason than these. */
function renameUnless(codes: readonly string[], from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codes.includes(String((error as NodeJS.ErrnoException).code))) return false;
    throw error;
  }
}
