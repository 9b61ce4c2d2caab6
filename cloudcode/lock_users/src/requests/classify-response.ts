import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { ErrorCode } from '../error-catalogue';
import type { ErrorDetails } from '../errors';
import { describePlatformError } from './describe-platform-error';

/** Codes after which every further request of a run would fail alike. */
const STOPPING_CODES: readonly ErrorCode[] = [
  'BACKEND_UNAUTHORIZED',
  'UNKNOWN_DEPLOYMENT',
  'WRONG_ADDRESS',
  'NO_USERS_API'
];

/** What is known of a failed request beside its code. */
export type FailureFacts = Pick<ErrorDetails, 'platformType' | 'status' | 'retryAfterMs' | 'network'>;

/** What to do about a 403: the token is known, so it is not the one to be looked for. Assumed: its reasons are published nowhere. */
const FORBIDDEN_REMEDY =
  'The token is known but may not do this: look at its rights, and at the quota of the deployment, on the "Manage API" page.';

/**
 * The error for an answer that is not 2xx, decided by status and `type` alone: titles and details may change at any
 * time, and a body may be JSON, plain text (401) or HTML (gateways).
 *
 * @param request what was asked for, such as `GET info.json`
 * @param error the parsed body, or undefined where it is not valid JSON
 * @param retryAfterMs what the answer's `Retry-After` asks for, undefined where it has none
 * @param about whether the request is about one user, so that a 404 may be that user's and not the address's fault; or asks
 *   for the users, so that a route that is not there is missing at an address that has answered before
 */
export function classifyResponse(
  request: string,
  status: number,
  error: unknown,
  retryAfterMs?: number,
  about: 'deployment' | 'users' | 'user' = 'deployment'
): LockUsersError {
  const { type, detail } = describePlatformError(error);
  const named = type === 'UNKNOWN' ? `status ${status}` : `status ${status}, ${type}: ${detail.replace(/\.$/, '')}`;
  const message = `${request} was answered with ${named}.`;
  const code = chooseCode(status, type, about);
  return new LockUsersError({
    code,
    message,
    nextStep: status === 403 ? FORBIDDEN_REMEDY : ERROR_CATALOGUE[code].remedy,
    platformType: type === 'UNKNOWN' ? `HTTP_${status}` : type,
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs })
  });
}

/** An error of the Backend API with the next step that belongs to its code. */
export function backendError(code: ErrorCode, message: string, facts: FailureFacts = {}): LockUsersError {
  return new LockUsersError({
    code,
    message,
    nextStep: ERROR_CATALOGUE[code].remedy,
    ...facts
  });
}

/**
 * Whether an error means that every further request of this run would fail alike, so that the run stops at once.
 * None of these answers comes from a request that was carried out.
 */
export function stopsRun(code: ErrorCode): boolean {
  return STOPPING_CODES.includes(code);
}

function chooseCode(status: number, type: string, about: 'deployment' | 'users' | 'user'): ErrorCode {
  if (status === 401 || status === 403) return 'BACKEND_UNAUTHORIZED';
  if (type === 'ACCOUNT_NOT_FOUND') return 'UNKNOWN_DEPLOYMENT';
  if (type === 'ROUTE_ERROR' && about === 'users') return 'NO_USERS_API';
  if (status === 404 && about === 'user' && type !== 'ROUTE_ERROR') return 'BACKEND_REJECTED';
  if (status === 404 || (status >= 300 && status < 400)) return 'WRONG_ADDRESS';
  if (status === 429) return 'BACKEND_RATE_LIMITED';
  if (status >= 500) return 'BACKEND_UNAVAILABLE';
  return 'BACKEND_REJECTED';
}
