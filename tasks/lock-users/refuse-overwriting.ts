import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../shared/command-errors';
import type { Invocation } from './Invocation';

/**
 * The file that a command writes must be none of those that it reads: the plan, and the lists of users.
 *
 * @throws UsageError where it is one of them, under whatever name
 */
export function refuseOverwriting({ options, operands }: Pick<Invocation, 'options' | 'operands'>): void {
  const read = [options.users, options.exclude, ...operands].filter((path) => path !== undefined);
  for (const name of ['report', 'out'] as const) {
    const written = options[name];
    const same = written === undefined ? undefined : read.find((path) => isSameFile(path, written));
    if (same !== undefined) {
      throw new UsageError(`--${name} ${written ?? ''} would overwrite ${same}, which is read. Name another file.`);
    }
  }
}

function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
