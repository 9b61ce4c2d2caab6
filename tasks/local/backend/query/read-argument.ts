import { readOptionKey } from '../state/field-values';
import { parseDate, parseDateTime } from '../state/parse-dates';
import type { Operator } from './Expression';

/**
 * An argument of a query in the form in which values of the type are kept: a choice may be given as `{ key }`, a date with a
 * time, a time in any form of ISO 8601. What cannot be read stays as it is, and equals nothing. As in the vendor's client, a date
 * or a time is no text that contains another: there the argument is null.
 */
export function readArgument(type: string, operator: Operator, argument: unknown): unknown {
  const isTime = type === 'date' || type === 'datetime';
  if (isTime && (operator === 'contains' || operator === 'starts with')) return null;
  return readValue(type, argument);
}

/** A value that stands as text in an address or a form. */
export function readValueText(type: string, text: string): unknown {
  return type === 'number' || type === 'integer' ? Number(text) : readOptionKey({ type }, text);
}

function readValue(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => readValue(type, entry));
  if (typeof value === 'object' && value !== null) return (value as { key?: unknown }).key ?? null;
  if (typeof value !== 'string') return value;
  if (type === 'date') return parseDate(value) ?? value;
  return type === 'datetime' ? (parseDateTime(value) ?? value) : value;
}
