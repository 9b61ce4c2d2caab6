import { invalidRequest } from '../http/ApiError';
import type { ApiResponse } from '../http/ApiResponse';
import type { ParsedRequest } from '../http/ParsedRequest';
import { readJsonObject } from '../http/read-json-object';
import { applyFilterById } from '../query/apply-filter-by-id';
import { cutPage } from '../query/cut-page';
import type { ListQuery } from '../query/ListQuery';
import { parseExpression } from '../query/parse-expression';
import { readCount } from '../query/read-count';
import { readListQuery, readSort } from '../query/read-list-query';
import type { ObjectStore } from '../state/ObjectStore';
import type { Backend } from './Backend';
import { readGiven, readNamed } from './read-given';
import { showsTotal } from './shows-total';

/** Most objects on one page. Documented ("Retrieve all objects"). */
const MAX_PAGE = 1000;

/** `GET objects/:model.json`: a page of the objects that the filters name. */
export function listObjects(backend: Backend, request: ParsedRequest, model: string): ApiResponse {
  const store = backend.state.store(model);
  const { searchParams } = request.url;
  const query = readListQuery(searchParams, store);
  return list(backend, request, store, query, searchParams.get('limit'), searchParams.get('skip'));
}

/** `POST objects/:model.json`. */
export function createObject(backend: Backend, request: ParsedRequest, model: string): ApiResponse {
  const store = backend.state.store(model);
  const created = backend.state.create(model, readNamed(request, store));
  return { status: Number(backend.switches.createStatus), json: store.show(created) };
}

/** `POST objects/:model/query.json`: a page of the objects for which an expression holds. */
export function queryObjects(backend: Backend, request: ParsedRequest, model: string): ApiResponse {
  const store = backend.state.store(model);
  const { expression = '', arguments: args = [], limit, skip, sort } = readJsonObject(request);
  if (typeof expression !== 'string' || !Array.isArray(args)) {
    throw invalidRequest("'expression' must be text and 'arguments' a list.");
  }
  const parsed = parseExpression(expression, args, (field) => store.typeOf(field));
  return list(backend, request, store, { expression: parsed, sort: readSort(sort, store) }, limit, skip);
}

/** `GET objects/:model/:id.json`. */
export function getObject({ state }: Backend, { view }: ParsedRequest, model: string, id: string): ApiResponse {
  return { status: 200, json: state.store(model).show(state.object(model, id, view?.agoMs)) };
}

/** `PUT objects/:model/:id.json`: creates or replaces an object. */
export function putObject({ state }: Backend, request: ParsedRequest, model: string, id: string): ApiResponse {
  const store = state.store(model);
  return { status: 200, json: store.show(state.replace(model, id, readGiven(request, store))) };
}

/** `PATCH objects/:model/:id.json`: changes the given fields of an object. */
export function patchObject({ state }: Backend, request: ParsedRequest, model: string, id: string): ApiResponse {
  const store = state.store(model);
  return { status: 200, json: store.show(state.change(model, id, readGiven(request, store))) };
}

/** `DELETE objects/:model/:id.json`. */
export function deleteObject({ state }: Backend, _request: ParsedRequest, model: string, id: string): ApiResponse {
  state.delete(model, id);
  return { status: 200 };
}

function list(
  backend: Backend,
  request: ParsedRequest,
  store: ObjectStore,
  query: ListQuery,
  limit: unknown,
  skip: unknown
): ApiResponse {
  const { view } = request;
  const from = readCount(skip, 'skip') ?? 0;
  const size = Math.min(readCount(limit, 'limit') ?? MAX_PAGE, MAX_PAGE);
  const expression = applyFilterById(query.expression, backend.switches.filterById);
  const found = store.list({ ...query, expression }, view?.agoMs);
  const { rows, more } = cutPage(found, from, size, view);
  const objects = rows.map((object) => store.show(object));
  const total = showsTotal(backend, request) && { total: found.length };
  return { status: 200, json: { objects, count: objects.length, ...total, more } };
}
