import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiAnswer, Backend } from './ApiCall';
import { ApiError } from './ApiError';
import { handleLocal } from './handle-local';
import type { RequestLog } from './RequestLog';
import { routeRequest } from './route-request';
import type { RawRequest } from './route-request';
import type { RunningBackend } from './start-backend';

/** What serving a request needs. */
export interface Serving {
  readonly backend: Backend;
  readonly running: RunningBackend;
  readonly token: string;
  readonly log: RequestLog;
  /** Called after a request that may have changed the state. */
  readonly onChange: () => void;
}

/** Largest body that is taken. Assumed: no limit is published for the API; a batch of 1000 locks has 0.1 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Reads one HTTP request, answers it, and writes it down. */
export async function serveRequest(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  try {
    const answer = await answerRequest(serving, request);
    send(response, answer);
  } catch (error) {
    // A client that went away, or a bug here: the API's own errors are answers already.
    process.stderr.write(response.writable && !request.destroyed ? `The local backend failed: ${String(error)}\n` : '');
    send(response, {
      status: 500,
      json: new ApiError(500, 'INTERNAL_SERVER_ERROR', 'Oops! Something went wrong.', '').toBody()
    });
  }
}

async function answerRequest(serving: Serving, request: IncomingMessage): Promise<ApiAnswer> {
  // A web page in the operator's browser must not reach this server under a name of its own (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) {
    return { status: 403, text: { type: 'text/plain', content: 'This server answers on loopback only.\n' } };
  }
  const body = await readBody(request);
  const raw = { ...readHead(request), body: body ?? '' };
  if (body === undefined) return { status: 413, text: { type: 'text/plain', content: 'Request Entity Too Large\n' } };
  if (raw.url.pathname.startsWith('/_local/')) return handleLocal(serving.running, raw);

  const answer = routeRequest(serving.backend, serving.token, raw);
  const authScheme = raw.authorization?.split(/\s/)[0];
  const { pathname, search } = raw.url;
  serving.log.add(
    {
      method: raw.method,
      path: pathname,
      query: search,
      status: answer.status,
      ...(answer.operations !== undefined && { operations: answer.operations }),
      ...(authScheme !== undefined && { authScheme }),
      ...(raw.body !== '' && { body: raw.body })
    },
    answer.isLock === true
  );
  if (raw.method !== 'GET') serving.onChange();
  return answer;
}

function readHead(request: IncomingMessage): Omit<RawRequest, 'body'> {
  // A path such as "//" is no address of its own; the base makes every request line readable.
  const url = new URL(`http://localhost${(request.url ?? '/').replace(/^(?!\/)/, '/')}`);
  return {
    method: request.method ?? 'GET',
    url,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type']
  };
}

/** The body as text, or undefined where it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, json, text }: ApiAnswer): void {
  if (json !== undefined) {
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
  } else if (text !== undefined) {
    response.writeHead(status, { 'Content-Type': `${text.type}; charset=utf-8` }).end(text.content);
  } else {
    response.writeHead(status).end();
  }
}
