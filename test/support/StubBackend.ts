import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a StubBackend answers: a status and a body, or a function that writes the answer itself. */
export type StubAnswer =
  { status?: number; headers?: Record<string, string>; body: string } | ((response: ServerResponse) => void);

/** One request as it arrived, with its raw body. */
export interface StubRequest {
  readonly name: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const ID = '64b0c0ffee64b0c0ffee64b0';

/** A loopback HTTP server without any rules: it answers what the test says, and keeps what it is sent. */
export class StubBackend {
  readonly requests: StubRequest[] = [];
  answer: (request: StubRequest) => StubAnswer = () => ({ body: '{}' });
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  /** Starts on a free port; returns the address that JOURNEY_BACKEND_URL takes. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v4/${ID}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://stub');
    const received: StubRequest = {
      name: `${request.method} ${url.pathname.replace(`/api/v4/${ID}/`, '')}`,
      query: url.search,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8')
    };
    this.requests.push(received);
    const answer = this.answer(received);
    if (typeof answer === 'function') return answer(response);
    response.writeHead(answer.status ?? 200, answer.headers ?? { 'Content-Type': 'application/json' });
    response.end(answer.body);
  }
}
