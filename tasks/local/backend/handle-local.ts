import type { ApiAnswer } from './ApiCall';
import type { RawRequest } from './route-request';
import type { RunningBackend } from './start-backend';
import type { SeedRequest } from './seed-users';

/** `/_local/…`: what tests and people on this machine may see and do. It needs no token. */
export function handleLocal(backend: RunningBackend, request: RawRequest): ApiAnswer {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'GET /_local/state':
      return { status: 200, json: backend.state() };
    case 'GET /_local/requests':
      return { status: 200, json: { requests: backend.requests() } };
    case 'POST /_local/seed':
      return seed(backend, request);
    case 'PUT /_local/faults':
      return { status: 501, json: { error: 'Faults cannot be scripted yet.' } };
    default:
      return { status: 404, json: { error: `There is no ${request.method} ${request.url.pathname}.` } };
  }
}

function seed(backend: RunningBackend, { contentType, body }: RawRequest): ApiAnswer {
  try {
    if (!/^application\/json\b/i.test(contentType ?? '')) throw new Error('The Content-Type must be application/json.');
    const request = JSON.parse(body) as SeedRequest | null;
    if (typeof request !== 'object' || request === null) throw new Error('The body must be a JSON object.');
    const { userIds } = backend.seed(request);
    return { status: 200, json: { added: userIds.length, users: backend.state().users } };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}
