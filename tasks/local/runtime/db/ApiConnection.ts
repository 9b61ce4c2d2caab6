import fetch from 'node-fetch';
import type { RequestInit, Response } from 'node-fetch';

/** An error of the API as the platform's `DB` throws it: with the status, the body, and the `type` of a JSON body. */
class DatabaseError extends Error {
  constructor(
    message: string,
    readonly status?: number,
    readonly type?: string,
    readonly body?: string
  ) {
    super(message);
    this.name = 'DatabaseError';
  }
}

/** How a connection reaches the API. */
export interface ConnectionOptions {
  /** Base address ending in `/api/v4/<24 hex digits>`. */
  readonly url: string;
  readonly token: string;
  /** Waits; replaced in tests. */
  readonly sleep?: (delayMs: number) => Promise<void>;
  /** Makes a request. Default: node-fetch. */
  readonly fetchUrl?: (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'text'>>;
}

const sleepForReal = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** Requests of the `DB` client: `Authorization: Token …`, and one retry, both as in the vendor's library. */
export class ApiConnection {
  constructor(private readonly options: ConnectionOptions) {}

  get(path: string): Promise<unknown> {
    return this.request('GET', path);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.request('POST', path, JSON.stringify(body));
  }

  private async request(method: string, path: string, body?: string): Promise<unknown> {
    const sleep = this.options.sleep ?? sleepForReal;
    try {
      return await this.attempt(method, path, body);
    } catch (error) {
      const delayMs = chooseRetryDelayMs(error as DatabaseError & { code?: string });
      if (delayMs === undefined) throw error;
      await sleep(delayMs);
      return this.attempt(method, path, body);
    }
  }

  private async attempt(method: string, path: string, sent?: string): Promise<unknown> {
    const fetchUrl = this.options.fetchUrl ?? fetch;
    const response = await fetchUrl(`${this.options.url.replace(/\/$/, '')}/${path}`, {
      method,
      headers: {
        Authorization: `Token ${this.options.token}`,
        Accept: 'application/json',
        ...(sent !== undefined && { 'Content-Type': 'application/json' })
      },
      ...(sent !== undefined && { body: sent })
    });
    const text = await response.text();
    const body = parseJson(text);
    const name = `${method} ${path.split('?')[0] ?? ''}`;
    if (response.status >= 200 && response.status < 300) {
      if (body !== undefined) return body;
      throw new DatabaseError(`${name} was answered with no JSON`, response.status, undefined, text);
    }
    const { type, detail } = (body ?? {}) as { type?: string; detail?: string };
    const words = [`${name} failed with status ${response.status}`, type, detail];
    throw new DatabaseError(words.filter(Boolean).join(': '), response.status, type, text);
  }
}

/** Milliseconds before the one retry: 50 after a 5xx, 0 after a reset, 1000 after a 429 or another failure to connect. */
function chooseRetryDelayMs(error: DatabaseError & { code?: string }): number | undefined {
  if (error.status === undefined) return error.code === 'ECONNRESET' ? 0 : 1000;
  if (error.status === 429) return 1000;
  return error.status >= 500 ? 50 : undefined;
}

/** The parsed JSON, or undefined where the text is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
