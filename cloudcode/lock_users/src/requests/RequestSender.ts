import type { Settings } from '../input/settings';
import { LockUsersError, toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import type { Ports } from '../ports';
import { timeBudget } from '../stop-reasons';
import { decideRetry, MAX_ATTEMPTS } from './retry-rules';
import { TokenBucket } from './TokenBucket';
import type { BucketState } from './TokenBucket';

/**
 * Milliseconds that one request may take before it is abandoned.
 * Assumed: no server-side limit is published; a batch of 1000 locks is expected to need seconds, not minutes.
 */
const REQUEST_TIMEOUT_MS = 30_000;

/** Milliseconds after the end of the budget in which answers are still waited for. Ours. */
const ANSWER_GRACE_MS = 20_000;

/** Requests of a run as they are made, by what they are for, and what became of them. */
export interface RequestTally {
  info: number;
  database: number;
  users: number;
  batch: number;
  /** Requests that change one user or one session. */
  single: number;
  record: number;
  /** Those that repeat one that failed, whole or in part. */
  retried: number;
  /** Those that were answered with 429. */
  rateLimited: number;
}

/** A request to be made. */
export interface RequestToSend<T> {
  readonly kind: 'info' | 'database' | 'users' | 'batch' | 'single' | 'record';
  /** Operations of a batch; 1 for a request about one user; 0 for all else. */
  readonly operations: number;
  /** Attempts that it has had as part of a larger batch. */
  readonly attemptsBefore: number;
  /** Items of a page that is read, where it can be read in smaller pages. */
  readonly pageSize?: number | undefined;
  /** Whether such a larger batch may have been carried out. Default false. */
  readonly mayHaveChanged?: boolean;
  readonly attempt: (timeoutMs: number) => Promise<T>;
}

/**
 * What came of a request: its answer; or it is to be sent in halves, which have had `attempts` and may have been carried
 * out in one of them; or the platform refuses its one operation; or it was abandoned; or it was never let in, so that it has
 * changed nothing.
 */
export type SendResult<T> =
  /** `mayHaveChanged`: an earlier attempt may have been carried out, which an answer to this one may take for an error. */
  | { readonly kind: 'answered'; readonly answer: T; readonly mayHaveChanged: boolean }
  | {
      readonly kind: 'split';
      readonly error: ErrorDetails;
      readonly attempts: number;
      readonly mayHaveChanged: boolean;
    }
  | { readonly kind: 'refused' | 'abandoned' | 'not sent'; readonly error: ErrorDetails };

/**
 * The one place from which every request of a run leaves: it paces them, repeats those that failed, pauses them all
 * after a 429, and lets none go once the time budget is used up or the run has to stop.
 */
export class RequestSender {
  readonly requests: RequestTally = {
    info: 0,
    database: 0,
    users: 0,
    batch: 0,
    single: 0,
    record: 0,
    retried: 0,
    rateLimited: 0
  };
  /** When the last request may leave, on the clock. */
  readonly deadlineMs: number;
  private readonly bucket: TokenBucket;
  /** One for each wait that is under way. */
  private readonly waits = new Set<AbortController>();
  private stopped: ErrorDetails | undefined;
  /** Requests leave in the order in which they came. */
  private lastInLine: Promise<void> = Promise.resolve();

  /** @param bucketState what an earlier invocation left of the token bucket; default: a full one */
  constructor(
    private readonly ports: Pick<Ports, 'clock' | 'random' | 'log'>,
    { pace, budgetMs }: Pick<Settings, 'pace' | 'budgetMs'>,
    bucketState?: BucketState
  ) {
    const nowMs = ports.clock.nowMs();
    this.deadlineMs = nowMs + budgetMs;
    this.bucket = new TokenBucket(pace, nowMs, bucketState);
  }

  /** What is left of the token bucket, for the next invocation. */
  get bucketState(): BucketState {
    return this.bucket.state(this.ports.clock.nowMs());
  }

  /** Milliseconds that are left of a pause that the platform has asked for. */
  get pauseLeftMs(): number {
    return this.bucket.pauseLeftMs(this.ports.clock.nowMs());
  }

  /** Why no request leaves any more; undefined while they do. */
  get stop(): ErrorDetails | undefined {
    return this.stopped;
  }

  /** Lets no further request leave. The first reason counts. */
  stopWith(reason: ErrorDetails): void {
    this.stopped ??= reason;
    for (const wait of this.waits) wait.abort();
  }

  /** Makes the request until it is answered, or until the rules say otherwise. Never throws. */
  async send<T>(request: RequestToSend<T>): Promise<SendResult<T>> {
    const { clock, random } = this.ports;
    let attempts = request.attemptsBefore;
    let lastError: ErrorDetails | undefined;
    let mayHaveChanged = request.mayHaveChanged ?? false;
    for (;;) {
      await this.waitForTurn();
      if (this.stopped !== undefined) {
        return { kind: mayHaveChanged ? 'abandoned' : 'not sent', error: lastError ?? this.stopped };
      }
      this.requests[request.kind]++;
      if (lastError !== undefined || request.attemptsBefore > 0) this.requests.retried++;
      try {
        const timeLeftMs = this.deadlineMs + ANSWER_GRACE_MS - clock.nowMs();
        const answer = await request.attempt(Math.min(REQUEST_TIMEOUT_MS, timeLeftMs));
        return { kind: 'answered', answer, mayHaveChanged };
      } catch (thrown) {
        lastError = toErrorDetails(thrown);
      }
      if (lastError.status === 429) this.requests.rateLimited++;
      else attempts++;
      const failed = {
        error: lastError,
        attempt: attempts,
        operations: request.operations,
        pageSize: request.pageSize
      };
      const decision = decideRetry(failed, random);
      const mayHaveBefore = mayHaveChanged;
      // Without an answer, and after an error of the server, the request may have been carried out.
      if (lastError.status === undefined || lastError.status >= 500) mayHaveChanged = true;
      switch (decision.kind) {
        case 'stop':
          this.stopWith(lastError);
          return { kind: mayHaveBefore ? 'abandoned' : 'not sent', error: lastError };
        case 'refused':
          // What was carried out without our knowing may be refused the second time.
          return { kind: mayHaveBefore ? 'abandoned' : 'refused', error: lastError };
        case 'give up':
          return { kind: 'abandoned', error: lastError };
        case 'split':
          if (decision.waitMs > 0) await this.waitBefore('Sending it again in two halves', decision.waitMs, failed);
          return { kind: 'split', error: lastError, attempts: decision.fresh ? 0 : attempts, mayHaveChanged };
        case 'retry':
          if (decision.pausesRun) this.pauseAll(decision.waitMs);
          else await this.waitBefore('Sending it again', decision.waitMs, failed);
      }
    }
  }

  /** Makes a request that the run cannot do without. @throws LockUsersError where it is not answered */
  async read<T>(
    kind: Exclude<RequestToSend<T>['kind'], 'batch' | 'single'>,
    attempt: (timeoutMs: number) => Promise<T>
  ): Promise<T> {
    const result = await this.send({ kind, operations: 0, attemptsBefore: 0, attempt });
    if (result.kind === 'answered') return result.answer;
    throw new LockUsersError(this.stopped ?? result.error);
  }

  /**
   * Waits, unless the run has to stop before that. Where the wait does not fit the budget, the run stops.
   *
   * @returns whether the run goes on
   */
  async wait(waitMs: number): Promise<boolean> {
    if (this.ports.clock.nowMs() + waitMs > this.deadlineMs) this.stopWith(timeBudget());
    if (this.stopped === undefined) await this.sleep(waitMs);
    return this.stopped === undefined;
  }

  /** Lets no request leave for a while, because the platform says that its rate limit is used up. */
  pauseAll(waitMs: number): void {
    const { clock, log } = this.ports;
    const { bucket } = this;
    const nowMs = clock.nowMs();
    if (bucket.pauseLeftMs(nowMs) === 0) {
      log.line(`The rate limit of the deployment is used up. All requests wait ${formatSeconds(waitMs)}.`);
    }
    bucket.slowDown(nowMs, waitMs);
  }

  private async waitBefore(
    what: string,
    waitMs: number,
    { error, attempt }: { error: ErrorDetails; attempt: number }
  ): Promise<void> {
    const { clock, log } = this.ports;
    if (clock.nowMs() + waitMs > this.deadlineMs) return this.stopWith(timeBudget(error.message));
    log.line(`${error.message} ${what} in ${formatSeconds(waitMs)} (attempt ${attempt} of ${MAX_ATTEMPTS} failed).`);
    await this.sleep(waitMs);
  }

  private async waitForTurn(): Promise<void> {
    const turn = this.lastInLine;
    let leave: () => void = () => undefined;
    this.lastInLine = new Promise((resolve) => (leave = resolve));
    await turn;
    await this.waitForToken();
    leave();
  }

  private async waitForToken(): Promise<void> {
    const { bucket, deadlineMs } = this;
    while (this.stopped === undefined) {
      const nowMs = this.ports.clock.nowMs();
      // What does not fit the budget takes no token, and the next invocation starts after the server's pause.
      if (nowMs >= deadlineMs || nowMs + bucket.pauseLeftMs(nowMs) > deadlineMs) {
        return this.stopWith(timeBudget());
      }
      const waitMs = bucket.take(nowMs);
      if (waitMs === 0) return;
      if (nowMs + waitMs > deadlineMs) return this.stopWith(timeBudget());
      await this.sleep(waitMs);
    }
  }

  /** Waits until the time is over or the run has to stop. */
  private async sleep(waitMs: number): Promise<void> {
    const wait = new AbortController();
    this.waits.add(wait);
    await this.ports.clock.sleep(waitMs, wait.signal);
    this.waits.delete(wait);
  }
}

function formatSeconds(waitMs: number): string {
  return `${(waitMs / 1000).toFixed(1)} s`;
}
