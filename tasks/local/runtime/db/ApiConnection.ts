import { randomUUID } from 'node:crypto';
import fetch, { FetchError } from 'node-fetch';
import type { RequestInit, Response } from 'node-fetch';

/** How a connection reaches the API. */
export interface ConnectionOptions {
  /** Base address ending in `/api/v4/<24 hex digits>`. */
  readonly url: string;
  readonly token: string;
  /** Waits; replaced in tests. */
  readonly sleep?: (delayMs: number) => Promise<void>;
  /** Makes the id of a new object. Default: a random UUID. */
  readonly newId?: () => string;
  /** Makes a request. Default: node-fetch. */
  readonly fetchUrl?: (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'text'>>;
}

type Answer = Pick<Response, 'status' | 'text'>;

/** Waits before the one retry, as observed of the vendor's library. */
const DELAYS_MS = { throttled: 1000, failed: 50, reset: 0, unreachable: 1000 };
/** Of the 5xx this one alone is not retried there. */
const NOT_RETRIED_STATUS = 599;

const sleepForReal = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/**
 * Requests of the `DB` client: `Authorization: Token …`, and one retry, both as in the vendor's library.
 *
 * A request rejects with an Error that has the answer's `status` and `body`, and its `type` where the body is JSON; or with
 * that of node-fetch where there is no answer, or a 2xx is no JSON (its `type` is then `invalid-json`).
 */
export class ApiConnection {
  constructor(private readonly options: ConnectionOptions) {}

  /** The id of a new object. */
  newId(): string {
    return this.options.newId?.() ?? randomUUID();
  }

  get(path: string): Promise<unknown> {
    return this.request('GET', path);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.request('POST', path, JSON.stringify(body));
  }

  private async request(method: string, path: string, sent?: string): Promise<unknown> {
    const url = `${this.options.url.replace(/\/$/, '')}/${path}`;
    const { status, text } = await this.attemptTwice(url, {
      method,
      headers: {
        Authorization: `Token ${this.options.token}`,
        Accept: 'application/json',
        ...(sent !== undefined && { 'Content-Type': 'application/json' })
      },
      ...(sent !== undefined && { body: sent })
    });
    if (status < 200 || status >= 300) throw makeError(status, text);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FetchError(`The answer of ${url} is not valid JSON: ${reason}`, 'invalid-json');
    }
  }

  private async attemptTwice(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
    const { sleep = sleepForReal, fetchUrl = fetch } = this.options;
    let answer: Answer | undefined;
    let delayMs: number | undefined;
    try {
      answer = await fetchUrl(url, init);
      delayMs = chooseDelayMs(answer.status);
    } catch (error) {
      const isReset = (error as { readonly code?: unknown } | null)?.code === 'ECONNRESET';
      delayMs = isReset ? DELAYS_MS.reset : DELAYS_MS.unreachable;
    }
    if (answer === undefined || delayMs !== undefined) {
      await sleep(delayMs ?? 0);
      answer = await fetchUrl(url, init);
    }
    return { status: answer.status, text: await answer.text() };
  }
}

/** Milliseconds before a request is made once more, or undefined where its answer stands. */
function chooseDelayMs(status: number): number | undefined {
  if (status === 429) return DELAYS_MS.throttled;
  return status >= 500 && status < NOT_RETRIED_STATUS ? DELAYS_MS.failed : undefined;
}

/** The message has the whole body, line breaks and all; the properties do not show when the error is spread or logged as JSON. */
function makeError(status: number, body: string): Error {
  const error = new Error(`The request failed with status ${status}\n${body}`);
  Object.defineProperties(error, { status: { value: status }, body: { value: body } });
  try {
    Object.defineProperty(error, 'type', { value: (JSON.parse(body) as { readonly type?: unknown }).type });
  } catch {
    // Without a type, as the body says none.
  }
  return error;
}
