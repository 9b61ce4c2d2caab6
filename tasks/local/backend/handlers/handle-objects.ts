import type { ApiAnswer, ApiCall, Backend } from '../http/ApiCall';
import { isRecord, readCount, readJsonObject } from '../http/ApiCall';
import { invalidRequest, routeError } from '../http/ApiError';
import type { Expression, Operator } from '../query/Expression';
import type { ListQuery, ObjectStore } from '../state/ObjectStore';
import { parseExpression } from '../query/parse-expression';

/** Most objects on one page. Documented ("Retrieve all objects"). */
const MAX_PAGE = 1000;

const SUFFIX_OPERATORS: Readonly<Record<string, Operator>> = {
  ne: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  contains: 'contains'
};

/** `objects/…`: lists, queries, and single objects. */
export function handleObjects(backend: Backend, call: ApiCall): ApiAnswer {
  const [, first = '', second, ...rest] = call.path;
  const last = second ?? first;
  if (rest.length > 0 || !last.endsWith('.json')) throw routeError(call.method, call.path.join('/'));
  const name = last.slice(0, -'.json'.length);
  if (second === undefined) return handleCollection(backend, call, name);
  if (name === 'query' && call.method === 'POST') return handleQuery(backend, call, first);
  return handleObject(backend, call, first, name);
}

function handleCollection(backend: Backend, call: ApiCall, model: string): ApiAnswer {
  const store = backend.state.store(model);
  if (call.method === 'GET') {
    const query = { expression: readFilters(call.query, store), sort: readSort(readQuerySort(call.query), store) };
    return list(backend, call, store, query, call.query.get('limit'), call.query.get('skip'));
  }
  if (call.method !== 'POST') throw routeError(call.method, call.path.join('/'));
  const given = readJsonObject(call)[model];
  if (!isRecord(given)) throw invalidRequest(`The body must have the key '${model}' with the object.`);
  const created = backend.state.create(model, given);
  return { status: Number(backend.switches.createStatus), json: store.show(created) };
}

function handleQuery(backend: Backend, call: ApiCall, model: string): ApiAnswer {
  const store = backend.state.store(model);
  const { expression = '', arguments: args = [], limit, skip, sort } = readJsonObject(call);
  if (typeof expression !== 'string' || !Array.isArray(args)) {
    throw invalidRequest("'expression' must be text and 'arguments' a list.");
  }
  const parsed = parseExpression(expression, args, (field) => store.knowsField(field));
  return list(backend, call, store, { expression: parsed, sort: readSort(sort, store) }, limit, skip);
}

function handleObject(backend: Backend, call: ApiCall, model: string, id: string): ApiAnswer {
  const { state } = backend;
  const store = state.store(model);
  const readGiven = (): Readonly<Record<string, unknown>> => {
    const body = readJsonObject(call);
    const given = body[model] ?? body;
    if (!isRecord(given)) throw invalidRequest(`The key '${model}' must hold the object.`);
    return given;
  };
  switch (call.method) {
    case 'GET':
      return { status: 200, json: store.show(state.object(model, id)) };
    case 'PUT':
      return { status: 200, json: store.show(state.replace(model, id, readGiven())) };
    case 'PATCH':
      return { status: 200, json: store.show(state.change(model, id, readGiven())) };
    case 'DELETE':
      state.delete(model, id);
      return { status: 200 };
    default:
      throw routeError(call.method, call.path.join('/'));
  }
}

function list(
  backend: Backend,
  call: ApiCall,
  store: ObjectStore,
  query: ListQuery,
  limit: unknown,
  skip: unknown
): ApiAnswer {
  const from = readCount(skip, 'skip') ?? 0;
  const size = Math.min(readCount(limit, 'limit') ?? MAX_PAGE, MAX_PAGE);
  const found = store.list(query);
  const objects = found.slice(from, from + size).map((object) => store.show(object));
  const withTotal = backend.switches.listTotal === 'always' || call.query.get('total') === 'true';
  return {
    status: 200,
    json: {
      objects,
      count: objects.length,
      ...(withTotal && { total: found.length }),
      more: from + objects.length < found.length
    }
  };
}

/** `q[field]=value` and `query[field.suffix]=value`, all of which must hold. */
function readFilters(query: URLSearchParams, store: ObjectStore): Expression {
  const parts: Expression[] = [];
  for (const [key, text] of query) {
    const match = /^(?:q|query)\[([A-Za-z0-9_]+)(?:\.([a-z]+))?\]$/.exec(key);
    if (match === null) continue;
    const [, field = '', suffix] = match;
    if (!store.knowsField(field)) throw invalidRequest(`Unknown field '${field}'.`);
    if (suffix === 'null') {
      if (text !== 'true' && text !== 'false') throw invalidRequest(`'${key}' takes true or false.`);
      parts.push({ kind: 'null', field, isNull: text === 'true' });
      continue;
    }
    const operator = suffix === undefined ? '=' : SUFFIX_OPERATORS[suffix];
    if (operator === undefined) throw invalidRequest(`Unknown suffix in '${key}'.`);
    parts.push({ kind: 'compare', field, operator, argument: readArgument(store, field, text) });
  }
  return parts.length === 0 ? { kind: 'all' } : { kind: 'and', parts };
}

/** The text of a query as a value of the field's type. */
function readArgument(store: ObjectStore, field: string, text: string): unknown {
  const type = store.model.fields.get(field)?.type ?? 'text';
  if (type === 'number' || type === 'integer' || type === 'single-choice-integer') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

function readQuerySort(query: URLSearchParams): Record<string, string> {
  const sort = [...query].map(([key, value]) => [/^sort\[([A-Za-z0-9_]+)\]$/.exec(key)?.[1], value] as const);
  return Object.fromEntries(sort.filter(([field]) => field !== undefined)) as Record<string, string>;
}

function readSort(sort: unknown, store: ObjectStore): ListQuery['sort'] {
  if (sort === undefined || sort === null) return [];
  if (!isRecord(sort)) throw invalidRequest("'sort' must be an object.");
  return Object.entries(sort).map(([field, direction]) => {
    if (!store.knowsField(field)) throw invalidRequest(`Unknown field '${field}' in 'sort'.`);
    if (!['1', '-1', 'asc', 'desc'].includes(String(direction))) {
      throw invalidRequest(`'sort' takes 1, -1, asc or desc for '${field}'.`);
    }
    return { field, descending: ['-1', 'desc'].includes(String(direction)) };
  });
}
