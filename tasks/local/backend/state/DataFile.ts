import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Snapshot } from './BackendState';

/** Milliseconds from a change to its being written: short, and long enough to write a burst of changes once. */
const WRITE_DELAY_MS = 200;

/** Keeps the state in a file. Written to a file beside it and renamed, so that it is whole at every moment. */
export class DataFile {
  private readonly path: string;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    path: string,
    private readonly takeSnapshot: () => Snapshot
  ) {
    this.path = resolve(path);
  }

  /** What a file holds, or undefined where there is none. @throws Error where it is no state of this emulator */
  static read(path: string): Snapshot | undefined {
    if (!existsSync(path)) return undefined;
    try {
      const snapshot = JSON.parse(readFileSync(path, 'utf8')) as Partial<Snapshot>;
      const isWhole =
        Array.isArray(snapshot.users) && Array.isArray(snapshot.deletedUsers) && Boolean(snapshot.objects);
      if (!isWhole || !/^[0-9a-f]{24}$/.test(String(snapshot.backendId)))
        throw new Error('it does not hold a backend’s state');
      return snapshot as Snapshot;
    } catch (error) {
      throw cannotUse(path, error);
    }
  }

  /** Writes the state soon. */
  writeSoon(): void {
    this.timer ??= setTimeout(() => this.writeNow(), WRITE_DELAY_MS);
  }

  /** Writes the state now. */
  writeNow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(this.takeSnapshot()));
    renameSync(temporary, this.path);
  }
}

/** The error for a data file that cannot be used. */
export function cannotUse(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`The data file ${path} cannot be used: ${reason}. Name another file, or delete it to start empty.`);
}
