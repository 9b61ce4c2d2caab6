import { invalidRequest } from '../http/ApiError';
import { isRecord } from '../http/read-json-object';
import type { ObjectStore } from '../state/ObjectStore';
import type { Expression, Operator } from './Expression';
import type { ListQuery } from './ListQuery';
import { readArgument, readValueText } from './read-argument';

/** Documented ("Querying DB objects"). */
const SUFFIX_OPERATORS: Readonly<Record<string, Operator>> = {
  ne: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  contains: 'contains'
};

/**
 * What a list names in the query of its address: `q[field]=value` and `query[field.suffix]=value`, all of which must
 * hold, and `sort[field]=direction`.
 *
 * @throws ApiError `INVALID_API_REQUEST` where a field, a suffix or a direction is unknown
 */
export function readListQuery(query: URLSearchParams, store: ObjectStore): ListQuery {
  return { expression: readFilters(query, store), sort: readSort(readQuerySort(query), store) };
}

function readFilters(query: URLSearchParams, store: ObjectStore): Expression {
  const parts: Expression[] = [];
  for (const [key, text] of query) {
    const match = /^(?:q|query)\[([A-Za-z0-9_]+)(?:\.([a-z]+))?\]$/.exec(key);
    if (match === null) continue;
    const [, field = '', suffix] = match;
    const type = store.typeOf(field);
    if (type === undefined) throw invalidRequest(`Unknown field '${field}'.`);
    if (suffix === 'null') {
      if (text !== 'true' && text !== 'false') throw invalidRequest(`'${key}' takes true or false.`);
      parts.push({ kind: 'null', field, isNull: text === 'true' });
      continue;
    }
    const operator = suffix === undefined ? '=' : SUFFIX_OPERATORS[suffix];
    if (operator === undefined) throw invalidRequest(`Unknown suffix in '${key}'.`);
    // Documented: `contains` heeds letter case here.
    const argument = readArgument(type, operator, readValueText(type, text));
    parts.push({ kind: 'compare', field, operator, argument, heedsCase: true });
  }
  return parts.length === 0 ? { kind: 'all' } : { kind: 'and', parts };
}

function readQuerySort(query: URLSearchParams): Record<string, string> {
  const sort = [...query].map(([key, value]) => [/^sort\[([A-Za-z0-9_]+)\]$/.exec(key)?.[1], value] as const);
  return Object.fromEntries(sort.filter(([field]) => field !== undefined)) as Record<string, string>;
}

/**
 * The order that a caller wants: an object of directions by field (documented), or a list of fields with `-` before those in
 * descending order (what the vendor's client sends).
 *
 * @throws ApiError `INVALID_API_REQUEST` where a field or a direction is unknown
 */
export function readSort(sort: unknown, store: ObjectStore): ListQuery['sort'] {
  if (sort === undefined || sort === null) return [];
  if (!Array.isArray(sort) && !isRecord(sort)) throw invalidRequest("'sort' must be a list or an object.");
  const entries = Array.isArray(sort) ? sort.map(splitDirection) : Object.entries(sort);
  return entries.map(([field, direction]) => {
    if (store.typeOf(field) === undefined) throw invalidRequest(`Unknown field '${field}' in 'sort'.`);
    if (!['1', '-1', 'asc', 'desc'].includes(String(direction))) {
      throw invalidRequest(`'sort' takes 1, -1, asc or desc for '${field}'.`);
    }
    return { field, descending: ['-1', 'desc'].includes(String(direction)) };
  });
}

function splitDirection(entry: unknown): [string, unknown] {
  const name = String(entry);
  return name.startsWith('-') ? [name.slice(1), -1] : [name, 1];
}
