import fetch from 'node-fetch';
import type { RequestInit } from 'node-fetch';
import { backendError, classifyAnswer } from '../core/classify-answer';
import { REQUEST_TIMEOUT_MS } from '../core/limits';
import { assertBatchKeepsData, serializeLockBatch } from '../core/lock-batch';
import type { Secret } from '../core/Secret';
import type { LockOperation, UserState } from '../core/vocabulary';
import type { BackendApi, UserStatePage } from '../ports';

/** Where the Backend API is and how to get in. */
export interface BackendAccess {
  /** Base address ending in `/api/v4/<24 hex digits>`. */
  readonly backendUrl: string;
  readonly token: Secret;
  /** Milliseconds for one request. Default REQUEST_TIMEOUT_MS. */
  readonly timeoutMs?: number;
}

/** The Backend API over HTTP with node-fetch. Nothing that it throws holds the token. */
export class HttpBackendApi implements BackendApi {
  constructor(private readonly access: BackendAccess) {}

  async readDeployment(): Promise<{ label: string | null; environment: string | null }> {
    const info = await this.request('GET', 'info.json');
    if (typeof info !== 'object' || info === null || Array.isArray(info)) {
      throw backendError('BACKEND_PROTOCOL', 'GET info.json was not answered with a JSON object.');
    }
    const { label, environment } = info as Record<string, unknown>;
    return {
      label: typeof label === 'string' ? label : null,
      environment: typeof environment === 'string' ? environment : null
    };
  }

  async readUserStates(limit: number, skip: number): Promise<UserStatePage> {
    const page = (await this.request('GET', `users?limit=${limit}&skip=${skip}`)) as Record<string, unknown> | null;
    const objects = page?.['objects'];
    const more = page?.['more'];
    if (!Array.isArray(objects) || typeof more !== 'boolean') {
      throw backendError('BACKEND_PROTOCOL', 'GET users was not answered with "objects" and "more".');
    }
    return { users: objects.map(readUserState), more };
  }

  async postBatch(operations: readonly LockOperation[]): Promise<unknown> {
    const body = serializeLockBatch(operations);
    assertBatchKeepsData(body, operations.length);
    return this.request('POST', 'batch.json', body);
  }

  /** Makes one request and returns the parsed JSON of its 2xx answer. */
  private async request(method: 'GET' | 'POST', path: string, body?: string): Promise<unknown> {
    const name = `${method} ${path.split('?')[0] ?? path}`;
    const { status, text } = await this.exchange(name, method, path, body);
    const parsed = this.parse(text);
    if (status < 200 || status > 299) throw classifyAnswer(name, status, parsed);
    if (parsed === undefined)
      throw backendError('BACKEND_PROTOCOL', `${name} was answered with ${status} and no JSON.`);
    return parsed;
  }

  /** The parsed JSON, with the token taken out of every text in it, or undefined where the text is no JSON. */
  private parse(text: string): unknown {
    try {
      return JSON.parse(text, (_key, value: unknown) =>
        typeof value === 'string' ? this.access.token.redact(value) : value
      ) as unknown;
    } catch {
      return undefined;
    }
  }

  private async exchange(
    name: string,
    method: string,
    path: string,
    body: string | undefined
  ): Promise<{ status: number; text: string }> {
    const timeoutMs = this.access.timeoutMs ?? REQUEST_TIMEOUT_MS;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const response = await fetch(`${this.access.backendUrl}/${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.access.token.reveal()}`,
          Accept: 'application/json',
          ...(body !== undefined && { 'Content-Type': 'application/json' })
        },
        ...(body !== undefined && { body }),
        // A followed redirect turns a POST into a GET and may carry the token elsewhere.
        redirect: 'manual',
        // The same object under another name: the type packages of Node and node-fetch each declare their own.
        signal: abort.signal as RequestInit['signal']
      });
      // The time limit covers the body as well: a server may send its headers and then nothing.
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const what = abort.signal.aborted ? `not answered within ${timeoutMs / 1000} s` : describeNetworkError(error);
      throw backendError('BACKEND_UNREACHABLE', this.access.token.redact(`${name} failed: ${what}.`));
    } finally {
      clearTimeout(timer);
    }
  }
}

function readUserState(entry: unknown): UserState {
  const { id, locked } = (entry ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || typeof locked !== 'boolean') {
    throw backendError('BACKEND_PROTOCOL', 'GET users shows a user without "id" or "locked".');
  }
  return { userId: id, locked };
}

/** The system's own code where there is one, such as `ECONNREFUSED`, with its sentence. */
function describeNetworkError(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : 'the connection failed';
}
