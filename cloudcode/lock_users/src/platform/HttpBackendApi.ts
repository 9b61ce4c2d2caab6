import fetch from 'node-fetch';
import type { RequestInit, Response } from 'node-fetch';
import { backendError, classifyResponse } from '../requests/classify-response';
import { describePlatformError } from '../requests/describe-platform-error';
import { assertBatchKeepsData, serializeLockBatch } from '../requests/lock-batch';
import type { BackendAccess } from '../input/backend-access';
import type { UserOperation } from '../requests/lock-batch';
import type { UserState } from '../users/UserState';
import type { BackendApi, Clock, DeploymentInfo, SingleResponse, UserStatePage } from '../ports';
import { cleanText, MAX_NAME_BYTES } from '../outside-text';
import { parseAnswer } from './parse-answer';
import { parseRetryAfter } from './parse-retry-after';
import { readNames } from './read-names';
import { describeNetworkError, readNetworkError } from './read-network-error';
import { anchorClock } from '../run/anchor-clock';
import { readTime } from './read-time';
import { readUserState } from './read-user-state';

/**
 * Bytes of an answer that are read, after decompression. Ours: a page of 1000 users with a hundred sessions each has 30 MB, and
 * eight pages are read at once in the platform's 1024 MB.
 */
export const MAX_ANSWER_BYTES = 32_000_000;

/** Reasons of their own, because making the default one takes time in each request. */
const TOO_LATE = 'too late';
const ENDED = 'ended';

/** How a request is made: node-fetch, or what stands in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'headers' | 'text'>>;

/** What came back over HTTP. */
interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
  readonly serverTimeMs: number | null;
  /** Whether it came out of a cache. */
  readonly isCached: boolean;
}

/** The Backend API over HTTP with node-fetch. Nothing that it throws holds the token. */
export class HttpBackendApi implements BackendApi {
  private readonly clock: Clock;

  constructor(
    private readonly access: Omit<BackendAccess, 'backendId'>,
    clock: Clock,
    private readonly fetchUrl: Fetch = fetch
  ) {
    this.clock = anchorClock(clock);
  }

  async readDeployment(timeoutMs: number): Promise<DeploymentInfo> {
    const { parsed: info, serverTimeMs } = await this.ask('GET', 'info.json', timeoutMs);
    if (typeof info !== 'object' || info === null || Array.isArray(info)) {
      throw backendError('BACKEND_PROTOCOL', 'GET info.json was not answered with a JSON object.');
    }
    const { label, environment } = info as Record<string, unknown>;
    return { label: readName(label), environment: readName(environment), serverTimeMs };
  }

  async readRelations(model: string, timeoutMs: number): Promise<readonly string[] | undefined> {
    const name = 'GET datamodel.json';
    const { status, text, retryAfterMs } = await this.exchange(name, timeoutMs, {
      method: 'GET',
      path: 'datamodel.json',
      body: undefined
    });
    if (status === 404) return undefined;
    const parsed = parseAnswer(text, this.access.token);
    if (status < 200 || status > 299) throw classifyResponse(name, status, parsed, retryAfterMs);
    const { models } = (parsed ?? {}) as { readonly models?: Readonly<Record<string, unknown>> | null };
    const { belongs_to: relations } = (models?.[model] ?? {}) as { readonly belongs_to?: object | null };
    return typeof relations === 'object' && relations !== null ? Object.keys(relations) : undefined;
  }

  async readUserStates(limit: number, skip: number, timeoutMs: number): Promise<UserStatePage> {
    const { parsed, isCached } = await this.ask('GET', `users?limit=${limit}&skip=${skip}`, timeoutMs);
    const page = parsed as Record<string, unknown> | null;
    const objects = page?.['objects'];
    const more = page?.['more'];
    if (!Array.isArray(objects) || typeof more !== 'boolean') {
      throw backendError('BACKEND_PROTOCOL', 'GET users was not answered with "objects" and "more".');
    }
    const users = objects.map(readUserState).filter((user): user is UserState => user !== undefined);
    return { users, malformed: objects.length - users.length, more, isCached };
  }

  async readNames(model: string, userIds: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, string>> {
    const query = { expression: 'id in ?', arguments: [userIds], limit: userIds.length, skip: 0, sort: [] };
    return readNames(await this.request('POST', `objects/${model}/query.json`, timeoutMs, JSON.stringify(query)));
  }

  unlockUser(userId: string, timeoutMs: number): Promise<SingleResponse> {
    return this.change(`users/${encodeURIComponent(userId)}/unlock`, timeoutMs);
  }

  reauthenticateSession(userId: string, sessionId: string, timeoutMs: number): Promise<SingleResponse> {
    const user = encodeURIComponent(userId);
    return this.change(`users/${user}/sessions/${encodeURIComponent(sessionId)}/re-authenticate`, timeoutMs);
  }

  async postBatch(operations: readonly UserOperation[], timeoutMs: number): Promise<unknown> {
    const body = serializeLockBatch(operations);
    assertBatchKeepsData(body, operations.length);
    return this.request('POST', 'batch.json', timeoutMs, body);
  }

  async readUserState(userId: string, timeoutMs: number): Promise<UserState | undefined> {
    const path = `users/${encodeURIComponent(userId)}`;
    const { status, text, retryAfterMs } = await this.exchange('GET users/<id>', timeoutMs, {
      method: 'GET',
      path,
      body: undefined
    });
    const parsed = parseAnswer(text, this.access.token);
    if (status === 404) {
      if (describePlatformError(parsed).type === 'OBJECT_NOT_FOUND') return undefined;
      // The list of users has been read, so the address is right, and only this route is not there.
      throw backendError('BACKEND_REJECTED', 'GET users/<id> was answered with status 404.', { status });
    }
    if (status < 200 || status > 299) throw classifyResponse('GET users/<id>', status, parsed, retryAfterMs, 'user');
    const user = readUserState(parsed);
    if (user?.userId === userId) return user;
    throw backendError('BACKEND_PROTOCOL', 'GET users/<id> was not answered with that user.');
  }

  /** Changes one user. */
  private async change(path: string, timeoutMs: number): Promise<SingleResponse> {
    const request = `POST ${path}`;
    const { status, text, retryAfterMs } = await this.exchange(request, timeoutMs, {
      method: 'POST',
      path,
      body: undefined
    });
    const parsed = parseAnswer(text, this.access.token);
    if (status < 200 || status > 299) throw classifyResponse(request, status, parsed, retryAfterMs, 'user');
    return isError(parsed) || text.trimStart().startsWith('<') ? 'unclear' : 'done';
  }

  /** Makes one request and returns the parsed JSON of its 2xx answer. */
  private async request(method: 'GET' | 'POST', path: string, timeoutMs: number, body?: string): Promise<unknown> {
    return (await this.ask(method, path, timeoutMs, body)).parsed;
  }

  /** The same, with the backend's clock. */
  private async ask(
    method: 'GET' | 'POST',
    path: string,
    timeoutMs: number,
    body?: string
  ): Promise<{ parsed: unknown; serverTimeMs: number | null; isCached: boolean }> {
    const name = `${method} ${path.split('?')[0] ?? path}`;
    const response = await this.exchange(name, timeoutMs, { method, path, body });
    const { status, text, retryAfterMs, serverTimeMs, isCached } = response;
    const parsed = parseAnswer(text, this.access.token);
    if (status < 200 || status > 299) {
      throw classifyResponse(name, status, parsed, retryAfterMs, name === 'GET users' ? 'users' : 'deployment');
    }
    if (parsed === undefined)
      throw backendError('BACKEND_PROTOCOL', `${name} was answered with ${status} and no JSON.`);
    return { parsed, serverTimeMs, isCached };
  }

  private async exchange(
    name: string,
    timeoutMs: number,
    { method, path, body }: { method: string; path: string; body: string | undefined }
  ): Promise<HttpAnswer> {
    const over = new AbortController();
    void this.clock.sleep(timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) over.abort(TOO_LATE);
    });
    try {
      const response = await this.fetchUrl(`${this.access.backendUrl}/${path}`, {
        method,
        headers: {
          Authorization: `${this.access.authScheme} ${this.access.token.reveal()}`,
          Accept: 'application/json',
          ...(method === 'GET' && { 'Cache-Control': 'no-cache' }),
          ...(body !== undefined && { 'Content-Type': 'application/json' })
        },
        ...(body !== undefined && { body }),
        // A followed redirect turns a POST into a GET and may carry the token elsewhere.
        redirect: 'manual',
        size: MAX_ANSWER_BYTES,
        // The same object under another name: the type packages of Node and node-fetch each declare their own.
        signal: over.signal as RequestInit['signal']
      });
      const retryAfterMs = parseRetryAfter(
        response.headers.get('retry-after'),
        response.headers.get('date'),
        this.clock.nowMs()
      );
      // The time limit covers the body as well: a server may send its headers and then nothing.
      // The time of an answer that comes out of a cache is that of another moment.
      const isCached = response.headers.get('age') !== null;
      const serverTimeMs = isCached ? null : readTime(response.headers.get('date'));
      return { status: response.status, text: await response.text(), retryAfterMs, serverTimeMs, isCached };
    } catch (error) {
      const isTimeout = over.signal.reason === TOO_LATE;
      if ((error as { readonly type?: unknown } | null)?.type === 'max-size') {
        const most = `${MAX_ANSWER_BYTES / 1_000_000} MB`;
        throw backendError('BACKEND_PROTOCOL', `${name} was answered with more than ${most}.`, {
          network: 'too large'
        });
      }
      const { code } = error as { readonly code?: unknown };
      const network = isTimeout ? 'timeout' : readNetworkError(typeof code === 'string' ? code : '');
      const what = isTimeout ? `not answered within ${timeoutMs / 1000} s` : describeNetworkError(error);
      // Whoever has to correct the address has to see it.
      const address =
        network === 'unreachable' && !what.includes(this.access.backendUrl) ? ` (${this.access.backendUrl})` : '';
      throw backendError('BACKEND_UNREACHABLE', this.access.token.redact(`${name} failed: ${what}${address}.`), {
        network
      });
    } finally {
      // Ends the wait. An answer that was not read to its end would keep coming; one that was is not touched by it.
      over.abort(ENDED);
    }
  }
}

/** Whether the body of a 2xx answer says that it was an error. */
function isError(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { success, error, type, detail } = body as Record<string, unknown>;
  return (
    success === false || (error !== undefined && error !== null) || (typeof type === 'string' && detail !== undefined)
  );
}

function readName(value: unknown): string | null {
  return typeof value === 'string' ? cleanText(value, MAX_NAME_BYTES) : null;
}
