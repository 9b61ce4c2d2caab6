import { readOptionKey } from '../state/field-values';
import { parseDate, parseDateTime } from '../state/parse-dates';

/**
 * An argument of a query in the form in which values of the type are kept: a choice may be given as `{ key }`, a date with a
 * time, a time in any form of ISO 8601. What cannot be read stays as it is, and equals nothing.
 */
export function readArgument(type: string, argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map((entry: unknown) => readArgument(type, entry));
  if (typeof argument === 'object' && argument !== null) return (argument as { key?: unknown }).key ?? null;
  if (typeof argument !== 'string') return argument;
  if (type === 'date') return parseDate(argument) ?? argument;
  return type === 'datetime' ? (parseDateTime(argument) ?? argument) : argument;
}

/** The same for an argument that stands as text in an address. */
export function readArgumentText(type: string, text: string): unknown {
  if (type === 'number' || type === 'integer') return Number(text);
  return readArgument(type, readOptionKey({ type }, text));
}
