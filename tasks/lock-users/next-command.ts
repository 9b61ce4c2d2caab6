import { Option } from 'commander';
import pick from 'lodash/pick';
import { statSync } from 'node:fs';
import { escapeText } from '../../cloudcode/lock_users/src/outside-text';
import { quoteWord } from '../shared/quote-word';
import { COMMANDS, GLOBAL_OPTIONS } from './commands';
import type { NextCommand, ProgramOptions } from './Invocation';

/** Name of the program. */
export const PROGRAM = 'lock-users';

/** Options that say which deployment is meant. */
const TARGET = ['deployment', 'backendUrl', 'tokenVariable', 'tokenStdin', 'environment'] as const;

/**
 * A command as it is typed in a POSIX shell, on the deployment of the present one.
 *
 * @param given the options of the present command
 * @returns undefined where it cannot be typed: a list or a plan came through a pipe, or a value has characters that are not shown. Without
 *   such a value it could mean more people
 */
export function formatNext(
  { command, operands = [], options }: NextCommand,
  given: ProgramOptions
): string | undefined {
  const all: ProgramOptions = { ...pick(given, TARGET), ...options };
  const files = [all.users, all.exclude, command === 'apply' ? operands[0] : undefined];
  if (files.some((file) => file !== undefined && !isKept(file))) return undefined;
  const taken = [...(COMMANDS.find(({ name }) => name === command)?.options ?? []), ...GLOBAL_OPTIONS];
  const flags = taken.flatMap(([name]) => {
    const option = new Option(name);
    const value: unknown = all[option.attributeName() as keyof ProgramOptions];
    if (value === true && !option.negate) return [option.long ?? ''];
    return typeof value === 'string' ? [option.long ?? '', value] : [];
  });
  const isLikeOption = operands.some((operand) => operand.startsWith('-'));
  const words = isLikeOption ? [command, ...flags, '--', ...operands] : [command, ...operands, ...flags];
  if (words.some((word) => escapeText(word) !== word)) return undefined;
  return [PROGRAM, ...words.map(quoteWord)].join(' ');
}

/** Whether a file has the same text when it is read again, as a pipe or the standard input has not. */
function isKept(path: string): boolean {
  return !/^\/(dev|proc)\//.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
