import { UsageError } from '../shared/command-errors';

/** The whole number that an option has, from 0. @throws UsageError where it is none */
export function parseCount(option: string, text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new UsageError(`${option} is a whole number.`);
  return Number(text);
}
