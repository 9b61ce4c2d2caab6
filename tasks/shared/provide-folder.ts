import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashFolder } from './hash-folder';

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
 * @throws what `make` throws; an earlier folder then stays as it was
 */
export function provideFolder({ folder, inputs, make }: GeneratedFolder): 'made' | 'unchanged' {
  if (isCurrent(folder, inputs)) return 'unchanged';
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  try {
    make(temporary);
    writeFileSync(join(temporary, STAMP), JSON.stringify({ inputs, output: hashFolder(temporary, [STAMP]) }));
    putInPlace(temporary, folder, inputs);
    return 'made';
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function isCurrent(folder: string, inputs: string): boolean {
  try {
    const stamp = JSON.parse(readFileSync(join(folder, STAMP), 'utf8')) as { inputs?: unknown; output?: unknown };
    return stamp.inputs === inputs && stamp.output === hashFolder(folder, [STAMP]);
  } catch {
    // There is no stamp, it cannot be read, or another process is replacing the folder: make it.
    return false;
  }
}

function putInPlace(replacement: string, folder: string, inputs: string): void {
  // Another process may have made the same meanwhile; tasks may be running from it already.
  while (!isCurrent(folder, inputs)) {
    const old = `${replacement}-old`;
    renameUnless(['ENOENT'], folder, old);
    rmSync(old, { recursive: true, force: true });
    if (renameUnless(['ENOTEMPTY', 'EEXIST'], replacement, folder)) return;
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
