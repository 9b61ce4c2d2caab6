import type { Switches } from '../control/Switches';
import { ApiError, invalidRequest } from '../http/ApiError';
import { TEXT_TYPE } from '../http/ApiResponse';
import type { ApiResponse } from '../http/ApiResponse';
import type { OperationFailure, ParsedRequest } from '../http/ParsedRequest';
import { isLock, isRecord, isUnlock, readJsonObject } from '../http/read-json-object';
import type { Backend } from './Backend';
import { lockOnce, readWipe, unlockOnce } from './handle-users';

type Operation = Readonly<Record<string, unknown>>;
type Result = Readonly<Record<string, unknown>> | null;

/** Most operations of one batch; one more makes the whole request invalid. Documented ("Batch operations"). */
const MAX_OPERATIONS = 1000;

/** `POST batch.json`: operations in order, each with its own result; an ill-formed request changes nothing. */
export function handleBatch(backend: Backend, request: ParsedRequest): ApiResponse {
  const { operations, stop_on_error: stopOnError = false } = readJsonObject(request);
  if (!Array.isArray(operations)) throw invalidRequest("'operations' must be a list.");
  if (typeof stopOnError !== 'boolean') throw invalidRequest("'stop_on_error' must be true or false.");
  if (operations.length > MAX_OPERATIONS) {
    const detail = `A batch takes at most ${MAX_OPERATIONS} operations, not ${operations.length}.`;
    if (backend.switches.overLimitError === 'json') throw invalidRequest(detail);
    return { status: 413, text: { type: TEXT_TYPE, content: 'Request Entity Too Large\n' } };
  }
  for (const operation of operations as unknown[]) {
    if (spoilsRequest(backend, operation)) checkOperation(backend, operation);
  }

  const results: Result[] = [];
  let stopped = false;
  for (const [index, operation] of (operations as unknown[]).entries()) {
    if (stopped) {
      if (backend.switches.stopOnErrorTail === 'null') results.push(null);
      if (backend.switches.stopOnErrorTail === 'marked')
        results.push({ ...identify(backend, operation), success: false });
      continue;
    }
    const result = applyOperation(backend, operation, request.failsOperation?.(index));
    results.push(result);
    stopped = stopOnError && result['success'] !== true;
  }
  return {
    status: 200,
    json: { stop_on_error: stopOnError, operations: results },
    operations: operations.length,
    isLock: operations.some(isLock)
  };
}

/** Whether an operation that is not well-formed spoils the whole request. */
function spoilsRequest({ switches }: Backend, operation: unknown): boolean {
  const isRefusedUnlock = isUnlock(operation) && !canUnlock(switches);
  if (isRefusedUnlock) return switches.batchUnlock === 'refused-request';
  return switches.invalidOperation === 'whole-request';
}

/** @throws ApiError `INVALID_API_REQUEST` where an operation is not well-formed */
function checkOperation(backend: Backend, operation: unknown): Operation {
  if (!isRecord(operation)) throw invalidRequest('Each operation must be an object.');
  const { method } = operation;
  const { usersApi } = backend.switches;
  if (usersApi === 'there' && (method === 'users/lock' || (isUnlock(operation) && canUnlock(backend.switches)))) {
    if (typeof operation['user_id'] !== 'string') throw invalidRequest(`'${String(method)}' needs a 'user_id'.`);
    if (method === 'users/lock') readWipe(backend, operation);
    return operation;
  }
  if (typeof method !== 'string' || !['post', 'put', 'patch', 'delete'].includes(method)) {
    throw invalidRequest(`Unknown method ${JSON.stringify(method ?? null)}.`);
  }
  const { object } = operation;
  if (!isRecord(object) || typeof object['type'] !== 'string')
    throw invalidRequest(`'${method}' needs an 'object' with a 'type'.`);
  if (method !== 'post' && typeof object['id'] !== 'string')
    throw invalidRequest(`'${method}' needs an 'object' with an 'id'.`);
  return operation;
}

/** @param failure how it fails for a reason that is not its own */
function applyOperation(
  backend: Backend,
  given: unknown,
  failure: OperationFailure | undefined
): Readonly<Record<string, unknown>> {
  try {
    const operation = checkOperation(backend, given);
    if (failure?.applied === false) throw operationFailed(failure);
    const result = carryOut(backend, operation);
    if (failure?.applied === true) throw operationFailed(failure);
    return result;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ...identify(backend, given), success: false, error: error.toBody() };
  }
}

function carryOut(backend: Backend, operation: Operation): Readonly<Record<string, unknown>> {
  if (operation['method'] === 'users/lock') {
    lockOnce(backend, operation['user_id'] as string, readWipe(backend, operation));
    return { ...identify(backend, operation), success: true };
  }
  if (isUnlock(operation)) {
    if (backend.switches.batchUnlock === 'works') unlockOnce(backend, operation['user_id'] as string);
    return { ...identify(backend, operation), success: true };
  }
  const { method, object } = operation as { method: string; object: Operation };
  const id = applyToObject(backend, method, object);
  return { method, object: { type: object['type'], id }, success: true };
}

function operationFailed({ type }: OperationFailure): ApiError {
  return new ApiError(500, type, 'Oops! Something went wrong.', 'The operation failed.');
}

function applyToObject({ state }: Backend, method: string, object: Operation): string {
  const [type, id] = [object['type'] as string, object['id'] as string];
  if (!state.dataModel.models.has(type)) throw invalidRequest(`There is no model '${type}'.`);
  switch (method) {
    case 'post':
      return state.create(type, object).id;
    case 'put':
      return state.replace(type, id, object).id;
    case 'patch':
      return state.change(type, id, object).id;
    default:
      state.delete(type, id);
      return id;
  }
}

/** What a result repeats of its operation: documented for objects, a switch for locks. */
function identify(backend: Backend, operation: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(operation)) return {};
  const { method, object, user_id: userId } = operation;
  if (isRecord(object)) return { method, object: { type: object['type'], id: object['id'] } };
  if ((method !== 'users/lock' && !isUnlock(operation)) || backend.switches.echo === 'nothing') return {};
  return backend.switches.echo === 'ids' ? { method, user_id: userId } : { ...operation };
}

function canUnlock({ batchUnlock }: Switches): boolean {
  return batchUnlock === 'works' || batchUnlock === 'claims-success';
}
