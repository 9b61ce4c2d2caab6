import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './ApiError';
import { toReply } from '../control/apply-fault';
import type { Reply } from '../control/apply-fault';
import type { Emulator } from '../Emulator';
import { handleLocal } from '../handlers/handle-local';
import type { RawRequest } from './route-request';

/** What serving a request needs. */
export interface Serving {
  readonly emulator: Emulator;
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
    // A client that went away, or a bug here: the API's own errors are answers already.
    process.stderr.write(response.writable && !request.destroyed ? `The local backend failed: ${String(error)}\n` : '');
    const failure = new ApiError(500, 'INTERNAL_SERVER_ERROR', 'Oops! Something went wrong.', '');
    send(response, toReply({ status: 500, json: failure.toBody() }));
  }
}

async function answerRequest(
  { emulator, onChange }: Serving,
  request: IncomingMessage,
  response: ServerResponse
): Promise<Reply> {
  // A web page in the operator's browser must not reach this server under a name of its own (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) {
    return toReply({ status: 403, text: { type: 'text/plain', content: 'This server answers on loopback only.\n' } });
  }
  const body = await readBody(request);
  if (body === undefined) {
    return toReply({ status: 413, text: { type: 'text/plain', content: 'Request Entity Too Large\n' } });
  }
  const raw = { ...readHead(request), body };
  const isDevice = raw.url.pathname.startsWith('/_device/');
  if (isDevice || raw.url.pathname.startsWith('/_local/')) {
    const answer = isDevice ? emulator.device(raw) : handleLocal(emulator, raw);
    if (raw.method !== 'GET') onChange();
    return toReply(answer);
  }
  const exchange = emulator.begin(raw);
  response.once('close', () => exchange.end());
  if (exchange.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, exchange.delayMs));
  const reply = exchange.complete();
  if (raw.method !== 'GET') onChange();
  return reply;
}

function readHead(request: IncomingMessage): Omit<RawRequest, 'body'> {
  // A path such as "//" is no address of its own; the base makes every request line readable.
  const url = new URL(`http://localhost${(request.url ?? '/').replace(/^(?!\/)/, '/')}`);
  return {
    method: request.method ?? 'GET',
    url,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    authenticationType: request.headers['journey-authentication-type']?.toString()
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

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (status === 0) response.destroy();
  else response.writeHead(status, headers).end(body);
}
