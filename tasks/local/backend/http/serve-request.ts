import type { IncomingMessage, ServerResponse } from 'node:http';
import { internalError } from './ApiError';
import { errorResponse, serializeResponse, TEXT_TYPE } from './ApiResponse';
import type { ApiResponse } from './ApiResponse';
import type { Exchange } from './Exchange';
import type { RawRequest } from './ParsedRequest';

/** What serving a request needs. */
export interface Serving {
  /** Takes in a request. */
  readonly begin: (request: RawRequest) => Exchange;
  /** Called after a request that may have changed the state. */
  readonly onChange: () => void;
}

/** Largest body that is taken. Assumed: no limit is published for the API; a batch of 1000 locks has 0.1 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Reads one HTTP request and answers it. */
export async function serveRequest(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  try {
    send(response, await answerRequest(serving, request, response));
  } catch (error) {
    // A client that went away, or a bug here: the API's own errors are responses already.
    process.stderr.write(response.writable && !request.destroyed ? `The local backend failed: ${String(error)}\n` : '');
    send(response, errorResponse(internalError(500, '')));
  }
}

async function answerRequest(
  { begin, onChange }: Serving,
  request: IncomingMessage,
  response: ServerResponse
): Promise<ApiResponse> {
  // A web page in the operator's browser must not reach this server under a name of its own (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) {
    return { status: 403, text: { type: TEXT_TYPE, content: 'This server answers on loopback only.\n' } };
  }
  const body = await readBody(request);
  if (body === undefined) return { status: 413, text: { type: TEXT_TYPE, content: 'Request Entity Too Large\n' } };
  const exchange = begin({ ...readHead(request), body });
  response.once('close', () => exchange.end());
  if (exchange.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, exchange.delayMs));
  const answer = exchange.complete();
  if (request.method !== 'GET') onChange();
  return answer;
}

function readHead(request: IncomingMessage): Omit<RawRequest, 'body'> {
  // A path such as "//" is not a whole address; the base makes every request line readable.
  const url = new URL(`http://localhost${(request.url ?? '/').replace(/^(?!\/)/, '/')}`);
  return {
    method: request.method ?? 'GET',
    url,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    cacheControl: request.headers['cache-control'],
    ifNoneMatch: request.headers['if-none-match'],
    authenticationType: request.headers['journey-authentication-type']?.toString()
  };
}

/** The body as text, or undefined where it is too large. An async iterator would cost a short request a tenth of its time. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.once('end', () => resolve(size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}

function send(response: ServerResponse, answer: ApiResponse): void {
  const { status, headers, body } = serializeResponse(answer);
  if (status === 0) response.destroy();
  else response.writeHead(status, headers).end(body);
}
