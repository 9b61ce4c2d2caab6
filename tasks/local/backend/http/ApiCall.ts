import { invalidRequest } from './ApiError';
import type { BackendState } from '../state/BackendState';
import type { Switches } from '../control/Switches';

/** One request to the API, after authentication. */
export interface ApiCall {
  readonly method: string;
  /** The path below the base address, percent-decoded, such as `['users', '<id>', 'lock']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly isJson: boolean;
  readonly body: string;
}

/** What every handler works on. */
export interface Backend {
  readonly state: BackendState;
  readonly switches: Switches;
  readonly backendId: string;
  readonly label: string;
  readonly environment: string;
  readonly startedAt: string;
  /** Whether the operation in this place of a batch fails, for a reason that is not its own. Default: none does. */
  readonly failsOperation?: (index: number) => boolean;
}

/** An answer: JSON, text, or no body at all. */
export interface ApiAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
  /** For the request log: operations of an accepted batch, and whether one of them, or the request, was a lock. */
  readonly operations?: number;
  readonly isLock?: boolean;
}

/**
 * The body as a JSON object.
 *
 * @throws ApiError `INVALID_API_REQUEST`; without a JSON Content-Type a body is taken for a form (documented)
 */
export function readJsonObject(call: Pick<ApiCall, 'isJson' | 'body'>): Readonly<Record<string, unknown>> {
  if (!call.isJson) throw invalidRequest('The Content-Type must be application/json.');
  let body: unknown;
  try {
    body = JSON.parse(call.body);
  } catch {
    throw invalidRequest('The body is no JSON.');
  }
  if (!isRecord(body)) throw invalidRequest('The body must be a JSON object.');
  return body;
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number of the query, or undefined where it is missing or empty, which mean the same (seen in the vendor's library). */
export function readCount(value: unknown, name: string): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (!/^\d{1,9}$/.test(String(value))) throw invalidRequest(`'${name}' must be a non-negative integer.`);
  return Number(value);
}
