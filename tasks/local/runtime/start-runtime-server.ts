import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observer } from './Activity';
import type { Runtime } from './Runtime';
import type { TaskRunResult } from './TaskRun';
import { startTrigger } from './start-trigger';
import type { TriggerRequest, TriggerSources } from './start-trigger';
import type { WebAnswer } from './WebRequest';

/** What a runtime's server works with. */
export interface RuntimeServerOptions {
  readonly runtime: Runtime;
  readonly sources: TriggerSources;
  /** Whether there is a web task of that name. */
  readonly hasTask: (name: string) => boolean;
  /** The token that triggering a task takes. Web tasks check their own. */
  readonly controlToken: string;
  /** Takes the log of web tasks. */
  readonly onLog: (line: string) => void;
}

/** A server that is running. */
export interface RuntimeServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Documented: a web task's body over 5 MB is answered with 413 (CloudCode overview). */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/**
 * Serves web tasks at `/<task>`, as the platform does below the deployment's own host name, and takes the triggers of the
 * commands at `POST /_local/trigger`, whose answer is a line of JSON for each line of the log, for how far it is whenever that changes, and for the end.
 */
export async function startRuntimeServer(options: RuntimeServerOptions): Promise<RuntimeServer> {
  const server = createServer((request, response) => {
    void serve(options, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}

async function serve(options: RuntimeServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A web page in the operator's browser must not reach this server under a name of its own (DNS rebinding).
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) {
    return send(response, 403, 'This server answers on loopback only.\n');
  }
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, 'Request Entity Too Large\n');
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/_local/trigger') return control(options, request, response, body);
  const task = /^\/([A-Za-z0-9_-]+)$/.exec(path)?.[1];
  if (task === undefined || !options.hasTask(task)) {
    return send(response, 404, `Cannot ${request.method} ${path.replace(/[^\w/.-]/g, '')}\n`);
  }
  const web = { method: request.method ?? 'GET', url: request.url ?? '/', headers: flatten(request.headers), body };
  const observer = { onLog: options.onLog, signal: new AbortController().signal };
  const { answer } = options.runtime.web(task, web, observer);
  const { status, headers, body: text } = toWebAnswer(await answer);
  response.writeHead(status, headers).end(text);
}

/** What a web request is answered with where its invocation has come to no answer: assumed. */
function toWebAnswer(result: TaskRunResult): WebAnswer {
  if (result.status === 'returned') return result.result as WebAnswer;
  const status = result.status === 'killed' && result.reason === 'time limit' ? 504 : 500;
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Internal Server Error' };
}

async function control(
  { runtime, sources, controlToken }: RuntimeServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: string
): Promise<void> {
  if (!isSame(request.headers.authorization ?? '', `Bearer ${controlToken}`))
    return send(response, 401, 'Unauthorized\n');
  if (request.method !== 'POST') return send(response, 405, 'Method Not Allowed\n');
  const abort = new AbortController();
  response.once('close', () => abort.abort());
  const write = (event: object): void => void (response.writable && response.write(`${JSON.stringify(event)}\n`));
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  try {
    const observer: Observer = {
      onLog: (log) => write({ log }),
      onState: (state) => write({ state }),
      signal: abort.signal
    };
    const { done, answer } = startTrigger(runtime, JSON.parse(body) as TriggerRequest, sources, observer);
    if (answer !== undefined) write({ answer: toWebAnswer(await answer) });
    write({ end: await done });
  } catch (error) {
    write({ refusal: error instanceof Error ? error.message : String(error) });
  }
  response.end();
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
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

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  return Object.fromEntries(entries);
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
