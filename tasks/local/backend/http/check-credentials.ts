import { timingSafeEqual } from 'node:crypto';
import type { Switches } from '../control/Switches';
import { ApiError, accountNotFound, routeError } from './ApiError';
import { errorResponse, TEXT_TYPE } from './ApiResponse';
import type { ApiResponse } from './ApiResponse';
import { answerWith } from './Exchange';
import type { Step } from './Exchange';
import type { Authorization } from './ParsedRequest';

/** What lets a request in. */
export interface Credentials {
  /** 24 lower-case hex digits. */
  readonly backendId: string;
  readonly token: string;
  readonly unauthorizedBody: Switches['unauthorizedBody'];
}

/**
 * Step: lets requests in that are for this deployment and have its credentials. The deployment is looked up before the
 * credentials are checked, because a token belongs to one deployment.
 */
export function checkCredentials(credentials: Credentials): Step {
  return (request, next) => {
    const [api, version, backendId = ''] = request.segments ?? [];
    if (api !== 'api' || version !== 'v4' || !/^[0-9a-f]{24}$/i.test(backendId)) {
      return answerWith(() => errorResponse(routeError(request.method, request.url.pathname)));
    }
    if (backendId.toLowerCase() !== credentials.backendId) {
      return answerWith(() => errorResponse(accountNotFound(backendId)));
    }
    return isAuthorized(request.authorization, credentials) ? next(request) : answerWith(() => refuse(credentials));
  };
}

/**
 * Whether credentials are those of the deployment. `Bearer` (documented), `Token` (the vendor's library) and `Basic` with
 * the backend deployment's id as user name (documented samples) are taken, whatever their letter case.
 */
function isAuthorized(authorization: Authorization | undefined, { token, backendId }: Credentials): boolean {
  const { scheme, credentials } = authorization ?? { scheme: '', credentials: '' };
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return isSame(credentials, token);
    case 'basic':
      return isSame(decodeBasic(credentials), `${backendId}:${token}`);
    default:
      return false;
  }
}

/** The text `name:password` of `Basic` credentials. */
export function decodeBasic(credentials: string): string {
  return Buffer.from(credentials, 'base64').toString('utf8');
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 401, in plain text (documented). */
function refuse({ unauthorizedBody }: Credentials): ApiResponse {
  const detail = 'HTTP Basic: Access denied.';
  if (unauthorizedBody === 'text') return { status: 401, text: { type: TEXT_TYPE, content: detail } };
  return errorResponse(new ApiError(401, 'AUTHENTICATION_FAILED', 'Authentication failed.', detail));
}
