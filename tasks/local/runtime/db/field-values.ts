import { Day } from './Day';
import type { FieldDescription } from './DataModel';

/**
 * The value that a field gets by an assignment. What the vendor's library lets through is let through (observed): any value for a
 * choice or a boolean, which the server then refuses, and a number for an integer, of which the fraction is dropped.
 *
 * @throws Error where a value of that type is refused at once
 */
export function castValue(name: string, field: FieldDescription, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const refuse = (wanted: string): never => {
    throw new Error(`The field "${name}" takes ${wanted}, not ${describeValue(value)}.`);
  };
  switch (field.type) {
    case 'text':
      return String(value);
    case 'number':
      return typeof value === 'number' ? value : refuse('a number');
    case 'integer':
      return typeof value === 'number' ? Math.floor(value) : refuse('a number');
    case 'datetime':
      return value instanceof Date ? value : refuse('a Date');
    case 'date':
      if (value instanceof Day) return value;
      return value instanceof Date ? new Day(value) : refuse('a Day or a Date');
    case 'single-choice-integer':
      return typeof value === 'number' && hasOption(field, value) ? value : refuse('the number of an option');
    case 'multiple-choice-integer': {
      const isList = Array.isArray(value) && value.every((key: unknown) => hasOption(field, key));
      return isList ? value : refuse('a list of numbers of options');
    }
    default:
      return value;
  }
}

/** The value of a field as the API shows it: choices and booleans come as `{ key }`, dates and times as text. */
export function readValue(field: FieldDescription, shown: unknown): unknown {
  if (field.type.startsWith('multiple-choice')) return Array.isArray(shown) ? shown.map(readKey) : [];
  const value = readKey(shown ?? null);
  if (field.type === 'datetime') {
    const date = typeof value === 'string' ? new Date(value) : undefined;
    return date === undefined || Number.isNaN(date.getTime()) ? null : date;
  }
  if (field.type !== 'date') return value;
  return typeof value === 'string' && !Number.isNaN(Date.parse(value.slice(0, 10))) ? new Day(value) : null;
}

/** The value of a field as it is sent. */
export function writeValue(value: unknown): unknown {
  return value instanceof Date || value instanceof Day ? value.toISOString() : value;
}

function readKey(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'key' in value ? value.key : value;
}

function hasOption({ options = [] }: FieldDescription, key: unknown): boolean {
  return options.some((option) => String(option.key) === String(key));
}

function describeValue(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
