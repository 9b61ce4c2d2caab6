import type { ApiAnswer, ApiCall, Backend } from './ApiCall';
import { ApiError, accountNotFound, routeError } from './ApiError';
import { isAuthorized } from './authenticate';
import { describeDataModel } from '../handlers/describe-data-model';
import { handleBatch } from '../handlers/handle-batch';
import { handleObjects } from '../handlers/handle-objects';
import { handleUsers } from '../handlers/handle-users';

/** A request as it came over HTTP. */
export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** The header `Journey-Authentication-Type`, which devices send. */
  readonly authenticationType?: string | undefined;
  readonly body: string;
}

/**
 * Answers a request to the API. Every error of the API becomes an answer; only a bug in the emulator throws.
 *
 * The deployment is looked up before the credentials are checked: a token belongs to one deployment.
 */
export function routeRequest(backend: Backend, token: string, request: RawRequest): ApiAnswer {
  try {
    const segments = decodePath(request);
    const [api, version, backendId = '', ...path] = segments;
    if (api !== 'api' || version !== 'v4' || !/^[0-9a-f]{24}$/i.test(backendId)) {
      throw routeError(request.method, request.url.pathname);
    }
    if (backendId.toLowerCase() !== backend.backendId) throw accountNotFound(backendId);
    if (!isAuthorized(request.authorization, token, backend.backendId)) return refuse(backend);
    return route(backend, {
      method: request.method,
      path,
      query: request.url.searchParams,
      isJson: /^application\/json\b/i.test(request.contentType ?? ''),
      body: request.body
    });
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, json: error.toBody() };
    throw error;
  }
}

function route(backend: Backend, call: ApiCall): ApiAnswer {
  const { label, environment, backendId, startedAt, state } = backend;
  switch (`${call.method} ${call.path.join('/')}`) {
    case 'GET info.json':
      return {
        status: 200,
        json: {
          label,
          app_label: label,
          app_id: backendId,
          org_id: null,
          region: 'local',
          environment,
          last_deployed_at: startedAt,
          deployed_by_name: null,
          deployed_by_email: null
        }
      };
    case 'GET datamodel.json':
      return { status: 200, json: describeDataModel(state.dataModel, state.userModel) };
    case 'GET datamodel.xml':
      return { status: 200, text: { type: 'application/xml', content: state.dataModel.xml } };
    case 'POST batch.json':
      return handleBatch(backend, call);
  }
  if (call.path[0] === 'objects') return handleObjects(backend, call);
  if (call.path[0] === 'users') return handleUsers(backend, call);
  throw routeError(call.method, call.path.join('/'));
}

/** 401, in plain text (documented). */
function refuse(backend: Backend): ApiAnswer {
  const detail = 'HTTP Basic: Access denied.';
  if (backend.switches.unauthorizedBody === 'text')
    return { status: 401, text: { type: 'text/plain', content: detail } };
  return { status: 401, json: new ApiError(401, 'AUTHENTICATION_FAILED', 'Authentication failed.', detail).toBody() };
}

function decodePath({ method, url }: RawRequest): string[] {
  try {
    return url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw routeError(method, url.pathname);
  }
}
