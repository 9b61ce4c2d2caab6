import { invalidValue } from '../http/ApiError';
import type { Field, Model } from './DataModel';
import { parseDate, parseDateTime } from './parse-dates';

/** A value as it is kept: choices by key, dates and times as the API shows them. */
export type Value = string | number | boolean | null | readonly (string | number)[];

/** Documented: ids are lower-case UUIDs ("Update a single object"). */
export const OBJECT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Keys that every object shows and no caller sets. */
const SHOWN_ONLY = ['id', 'type', 'updated_at', 'display'];

/**
 * The fields and relations of an object as a caller gives them, checked. Unknown names are refused: whether the
 * platform does that is unknown, and it is the harsher choice.
 *
 * @throws ApiError `INVALID_VALUE`
 */
export function parseValues(model: Model, given: Readonly<Record<string, unknown>>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, raw] of Object.entries(given)) {
    if (SHOWN_ONLY.includes(name)) continue;
    const field = model.fields.get(name);
    if (field !== undefined) values.set(name, parseValue(field, raw));
    else if (isRelationId(model, name)) values.set(name, parseRelationId(name, raw));
    else throw invalidValue(`The model '${model.name}' has no field '${name}'.`);
  }
  return values;
}

/** Whether `name` is the id of a belongs-to relation of the model, such as `depot_id`. */
export function isRelationId(model: Model, name: string): boolean {
  return name.endsWith('_id') && model.belongsTo.has(name.slice(0, -'_id'.length));
}

/** A value as the API shows it: choices and booleans as `{ key, display }` (documented, "Field representation"). */
export function showValue(field: Field | undefined, value: Exclude<Value, null>): unknown {
  if (field === undefined || field.options.size === 0) return value;
  const choice = (key: unknown): object => ({ key, display: showOption(field, key) });
  return Array.isArray(value) ? value.map(choice) : choice(value);
}

/** What an option is called, or its key where the data model no longer has it. */
export function showOption(field: Field, key: unknown): string {
  return field.options.get(String(key)) ?? String(key);
}

/** The key of an option as values hold it: a number of integer choices, true or false of a boolean, else text. */
export function readOptionKey({ type }: Pick<Field, 'type'>, text: string): string | number | boolean {
  if (type.endsWith('-integer')) return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

function parseRelationId(name: string, raw: unknown): string | null {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'string' && OBJECT_ID.test(raw)) return raw;
  throw invalidValue(`The field '${name}' takes an ID.`);
}

function parseValue(field: Field, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (field.type.startsWith('multiple-choice')) {
    if (!Array.isArray(raw)) throw invalidValue(`The field '${field.name}' takes a list.`);
    return raw.map((entry: unknown) => parseChoice(field, entry) as string | number);
  }
  if (field.options.size > 0) return parseChoice(field, raw);
  const value = readSimpleValue(field.type, raw);
  if (value === undefined) throw invalidValue(`The field '${field.name}' takes a value of type ${field.type}.`);
  return value;
}

function parseChoice(field: Field, raw: unknown): string | number | boolean {
  const key = typeof raw === 'object' && raw !== null ? (raw as { key?: unknown }).key : raw;
  const option = readOptionKey(field, String(key));
  if (!field.options.has(String(key)) || option !== key) {
    throw invalidValue(`Invalid option ${JSON.stringify(key ?? null)} for field '${field.name}'.`);
  }
  return option;
}

/** The value of a type without options, or undefined where it is none. */
function readSimpleValue(type: string, raw: unknown): Value | undefined {
  switch (type) {
    case 'number':
      return typeof raw === 'number' ? raw : undefined;
    case 'integer':
      return Number.isInteger(raw) ? (raw as number) : undefined;
    case 'date':
      return typeof raw === 'string' ? parseDate(raw) : undefined;
    case 'datetime':
      return typeof raw === 'string' ? parseDateTime(raw) : undefined;
    default:
      return typeof raw === 'string' ? raw : undefined;
  }
}
