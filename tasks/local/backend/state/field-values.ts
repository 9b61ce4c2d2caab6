import { invalidValue } from '../http/ApiError';
import type { Field, Model } from './DataModel';

/** A value as it is kept: choices by key, dates and times as text. */
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

/** A value as the API shows it: choices as `{ key, display }`. */
export function showValue(field: Field | undefined, value: Value): unknown {
  if (field === undefined || value === null) return value;
  const choice = (key: string | number): object => ({ key, display: field.options.get(String(key)) ?? String(key) });
  if (field.type.startsWith('single-choice')) return choice(value as string | number);
  if (field.type.startsWith('multiple-choice')) return (value as readonly (string | number)[]).map(choice);
  return value;
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
    return raw.map((entry: unknown) => parseChoice(field, entry));
  }
  if (field.type.startsWith('single-choice')) return parseChoice(field, raw);
  if (!isOfType(field.type, raw)) throw invalidValue(`The field '${field.name}' takes a value of type ${field.type}.`);
  return raw as Value;
}

function parseChoice(field: Field, raw: unknown): string | number {
  const key = typeof raw === 'object' && raw !== null ? (raw as { key?: unknown }).key : raw;
  const isKey = field.type.endsWith('-integer') ? Number.isInteger(key) : typeof key === 'string';
  if (!isKey || !field.options.has(String(key))) {
    throw invalidValue(`Invalid option ${JSON.stringify(key ?? null)} for field '${field.name}'.`);
  }
  return key as string | number;
}

function isOfType(type: string, raw: unknown): boolean {
  switch (type) {
    case 'number':
      return typeof raw === 'number';
    case 'integer':
      return Number.isInteger(raw);
    case 'boolean':
      return typeof raw === 'boolean';
    case 'date':
      return typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw);
    case 'datetime':
      return typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(raw) && !Number.isNaN(Date.parse(raw));
    default:
      return typeof raw === 'string';
  }
}
