import { existsSync, lstatSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deleteWithThisProcess, forgetFile } from '../../../shared/process-group';
import type { Snapshot } from './BackendState';

/** Milliseconds from a change to its being written: short, and long enough to write a burst of changes once. */
const WRITE_DELAY_MS = 200;

/** What keeps the state in a file. */
export interface DataFileOptions {
  readonly takeSnapshot: () => Snapshot;
  /** Told once when the file can no longer be written, and once more when it can again. */
  readonly onProblem: (sentence: string) => void;
}

/**
 * Keeps the state in a file. Written to a file beside it and renamed, so that it is whole at every moment. One process has it at
 * a time: the file `<path>.lock` names it.
 */
export class DataFile {
  private readonly temporary: string;
  private readonly lock: string;
  private timer: NodeJS.Timeout | undefined;
  private isBroken = false;

  private constructor(
    private readonly path: string,
    private readonly options: DataFileOptions
  ) {
    this.temporary = `${path}.${process.pid}.tmp`;
    this.lock = lockOf(path);
  }

  /**
   * Takes the file for this process, and writes it.
   *
   * @throws Error in one sentence where another process has it, or it cannot be written
   */
  static open(path: string, options: DataFileOptions): DataFile {
    const file = new DataFile(resolve(path), options);
    takeLock(file.path);
    for (const written of [file.lock, file.temporary]) deleteWithThisProcess(written);
    try {
      file.write();
      return file;
    } catch (error) {
      file.release();
      throw cannotUse(path, error);
    }
  }

  /** What a file holds, or undefined where there is none. @throws Error where it is no state of this emulator */
  static read(path: string): Snapshot | undefined {
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
      refuseLink(path);
      const snapshot = JSON.parse(readFileSync(path, 'utf8')) as Partial<Snapshot>;
      const isWhole =
        Array.isArray(snapshot.users) && Array.isArray(snapshot.deletedUsers) && Boolean(snapshot.objects);
      if (!isWhole || !/^[0-9a-f]{24}$/.test(String(snapshot.backendId)))
        throw new Error('it does not hold a backend’s state');
      if (!(snapshot.orders ?? []).every(({ task }) => typeof task === 'string'))
        throw new Error('it holds an order without a task');
      return snapshot as Snapshot;
    } catch (error) {
      throw cannotUse(path, error);
    }
  }

  /** Writes the state soon. */
  writeSoon(): void {
    this.timer ??= setTimeout(() => this.writeNow(), WRITE_DELAY_MS);
  }

  /** Writes the state now. Where it cannot, the state is kept in memory, and the next change tries again. */
  writeNow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      this.write();
      if (this.isBroken) this.options.onProblem(`The data file ${this.path} is written again.`);
      this.isBroken = false;
    } catch (error) {
      if (!this.isBroken) {
        const reason = (error as Error).message;
        this.options.onProblem(`The data file ${this.path} cannot be written: ${reason}. It is as it was before.`);
      }
      this.isBroken = true;
    }
  }

  /** Writes the state and gives the file free. @throws Error where it could not be written */
  close(): void {
    this.writeNow();
    this.release();
    if (this.isBroken) throw new Error(`The newest changes are lost: the data file ${this.path} cannot be written.`);
  }

  private write(): void {
    try {
      writeFileSync(this.temporary, JSON.stringify(this.options.takeSnapshot()));
      renameSync(this.temporary, this.path);
    } catch (error) {
      // A full disk leaves half of it.
      rmSync(this.temporary, { force: true });
      throw error;
    }
  }

  private release(): void {
    rmSync(this.lock, { force: true });
    for (const written of [this.lock, this.temporary]) forgetFile(written);
  }
}

/** The error for a data file that cannot be used. */
export function cannotUse(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String((error as Partial<Error>).message ?? error);
  return new Error(`The data file ${path} cannot be used: ${reason}. Name another file, or delete it to start empty.`);
}

function lockOf(path: string): string {
  return `${path}.lock`;
}

/** Renaming would put a file in the link's place and leave the file that it points to as it is. */
function refuseLink(path: string): void {
  if (lstatSync(path).isSymbolicLink()) {
    const target = existsSync(path) ? realpathSync(path) : 'nothing';
    throw new Error(`it is a symbolic link to ${target}`);
  }
}

/** @throws Error where another process has the file */
function takeLock(path: string): void {
  const lock = lockOf(path);
  try {
    const holder = readHolder(lock);
    if (holder !== undefined && !isAlive(holder)) rmSync(lock, { force: true });
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotUse(path, error);
    throw new Error(
      `The data file ${path} is used by process ${readHolder(lock) ?? 'of another backend'}. Stop that one, name another file, or delete ${lock} if no backend runs.`
    );
  }
}

function readHolder(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
