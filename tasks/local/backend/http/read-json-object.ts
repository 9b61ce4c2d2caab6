import { invalidRequest } from './ApiError';
import type { ParsedRequest } from './ParsedRequest';

/**
 * The body as a JSON object.
 *
 * @throws ApiError `INVALID_API_REQUEST`; without a JSON Content-Type a body is taken for a form (documented)
 */
export function readJsonObject({ isJson, json }: ParsedRequest): Readonly<Record<string, unknown>> {
  if (!isJson) throw invalidRequest('The Content-Type must be application/json.');
  if (json === undefined) throw invalidRequest('The body is not valid JSON.');
  if (!isRecord(json)) throw invalidRequest('The body must be a JSON object.');
  return json;
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an operation of a batch locks a user. */
export function isLock(operation: unknown): operation is Readonly<Record<string, unknown>> {
  return isRecord(operation) && operation['method'] === 'users/lock';
}

/** Whether an operation of a batch unlocks a user. No source shows this method; it stands to reason beside `users/lock`. */
export function isUnlock(operation: unknown): operation is Readonly<Record<string, unknown>> {
  return isRecord(operation) && operation['method'] === 'users/unlock';
}
