import type { BackendAccess } from '../../cloudcode/lock_users/src/input/backend-access';
import {
  assertBatchKeepsData,
  buildLockOperation,
  serializeLockBatch
} from '../../cloudcode/lock_users/src/requests/lock-batch';

/** The deployment and the one user that may be changed. */
export interface ContractTarget extends Pick<BackendAccess, 'backendUrl' | 'backendId' | 'token'> {
  /** A lower-case UUID. */
  readonly userId: string;
}

/** Time as the client needs it. */
export interface ContractClock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after that time. */
  sleep(ms: number): Promise<void>;
}

/** An answer of the deployment. */
export interface ContractAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is a JSON object, else undefined. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** How a request is authorized. */
export type Scheme = 'Bearer' | 'Token' | 'Basic' | 'none';

const MAX_TRIES_WHEN_THROTTLED = 6;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * All requests that a contract check can make: reads, and lock, unlock and re-authenticate of the one user. There is no way to
 * name another user, and none to lock without the literal `"wipe": false`, which the guard of the task proves on the very text.
 */
export class ContractClient {
  /** `Retry-After` of each 429 so far; null: it had none. */
  readonly retryAfter: (string | null)[] = [];

  constructor(
    private readonly target: ContractTarget,
    private readonly clock: ContractClock
  ) {}

  /** @param path below the base address */
  read(path: string, scheme: Scheme = 'Bearer'): Promise<ContractAnswer> {
    return this.send('GET', path, undefined, scheme);
  }

  /** A query of objects, which reads although it is posted. */
  query(model: string, body: object): Promise<ContractAnswer> {
    return this.send('POST', `objects/${encodeURIComponent(model)}/query.json`, JSON.stringify(body));
  }

  lockInBatch(): Promise<ContractAnswer> {
    const body = serializeLockBatch([buildLockOperation(this.target.userId)]);
    assertBatchKeepsData(body, 1);
    return this.send('POST', 'batch.json', body);
  }

  lockAlone(): Promise<ContractAnswer> {
    const { wipe } = buildLockOperation(this.target.userId);
    const body = JSON.stringify({ wipe });
    // The guard knows batches: what this text says is proved as the operation that it is.
    const said = JSON.parse(body) as Pick<ReturnType<typeof buildLockOperation>, 'wipe'>;
    assertBatchKeepsData(
      serializeLockBatch([{ method: 'users/lock', user_id: this.target.userId, wipe: said.wipe }]),
      1
    );
    return this.send('POST', `users/${this.target.userId}/lock`, body);
  }

  unlockInBatch(): Promise<ContractAnswer> {
    const operations = [{ method: 'users/unlock', user_id: this.target.userId }];
    return this.send('POST', 'batch.json', JSON.stringify({ operations }));
  }

  unlockAlone(): Promise<ContractAnswer> {
    return this.send('POST', `users/${this.target.userId}/unlock`, '{}');
  }

  reauthenticateInBatch(sessionId: string): Promise<ContractAnswer> {
    const operations = [{ method: 'users/re-authenticate', user_id: this.target.userId, session_id: sessionId }];
    return this.send('POST', 'batch.json', JSON.stringify({ operations }));
  }

  reauthenticateAlone(sessionId: string): Promise<ContractAnswer> {
    const session = encodeURIComponent(sessionId);
    return this.send('POST', `users/${this.target.userId}/sessions/${session}/re-authenticate`, '{}');
  }

  private async send(
    method: 'GET' | 'POST',
    path: string,
    body?: string,
    scheme: Scheme = 'Bearer'
  ): Promise<ContractAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.sendOnce(method, path, body, scheme);
      if (answer.status !== 429 || tries === MAX_TRIES_WHEN_THROTTLED) return answer;
      const header = answer.headers.get('retry-after');
      this.retryAfter.push(header);
      await this.clock.sleep(readWaitMs(header, this.clock.nowMs()));
    }
  }

  private async sendOnce(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    scheme: Scheme
  ): Promise<ContractAnswer> {
    const credentials = this.authorize(scheme);
    const request = fetch(`${this.target.backendUrl}/${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        'Cache-Control': 'no-cache',
        ...(credentials !== undefined && { Authorization: credentials }),
        ...(body !== undefined && { 'Content-Type': 'application/json' })
      },
      ...(body !== undefined && { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
    });
    const response = await request.catch((error: unknown) => {
      throw new Error(`No answer to ${method} ${path}: ${describeCause(error)}.`);
    });
    const { status, headers } = response;
    const text = await response.text();
    return { status, headers, text, json: parseObject(text) };
  }

  private authorize(scheme: Scheme): string | undefined {
    const { token, backendId } = this.target;
    if (scheme === 'none') return undefined;
    if (scheme !== 'Basic') return `${scheme} ${token.reveal()}`;
    return `Basic ${Buffer.from(`${backendId}:${token.reveal()}`).toString('base64')}`;
  }
}

/** What `fetch` keeps behind its "fetch failed". */
function describeCause(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** At least a second, at most a minute. */
function readWaitMs(header: string | null, nowMs: number): number {
  const seconds = Number(header);
  const waitMs = header === null || Number.isNaN(seconds) ? Date.parse(header ?? '') - nowMs : seconds * 1000;
  return Number.isNaN(waitMs) ? 1000 : Math.min(Math.max(waitMs, 1000), 60_000);
}
