import type { Settings } from '../input/settings';
import { isAlarm, LockUsersError, toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import type { Ports } from '../ports';
import { timeBudget } from '../reasons/run-reasons';
import { InvocationTimer } from './InvocationTimer';
import type { Lookout } from './Lookout';
import { startTally } from './RequestToSend';
import type { RequestKind, RequestToSend, SendResult } from './RequestToSend';
import { decideRetry, MAX_ATTEMPTS, mayBeCarriedOut } from './retry-rules';
import type { FailedRequest } from './retry-rules';
import { resumeBucket, TokenBucket } from './TokenBucket';
import type { BucketState } from './TokenBucket';
import { Waits } from './Waits';

/**
 * Milliseconds that one request may take before it is abandoned.
 * Assumed: no server-side limit is published; a batch of 1000 locks is expected to need seconds, not minutes.
 */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The one place from which every request of a run leaves: it paces them, repeats those that failed, pauses them all
 * after a 429, and lets none go once the time budget is used up or the run has to stop.
 */
export class RequestSender {
  readonly requests = startTally();
  /** What time the invocation has left; it began when this was made. */
  readonly timer: InvocationTimer;
  private readonly bucket: TokenBucket;
  private readonly waits: Waits;
  private stopped: ErrorDetails | undefined;
  private end: { readonly atMs: number; readonly reason: ErrorDetails } | undefined;
  /** Requests leave in the order in which they came. */
  private lastInLine: Promise<void> = Promise.resolve();
  /** Whether the platform has ever answered, so that an address that cannot be reached is not simply wrong. */
  private hasAnswered: boolean;
  /** Until when the server asked to wait, where that is beyond the budget; on the monotonic clock. */
  private waitedForMs = -Infinity;
  /** Looks before a request leaves, and while the run waits, whether it is to stop. Default: nobody does. */
  lookout: Lookout | undefined;

  /** @param bucketState what an earlier invocation left of the token bucket; default: a full one */
  constructor(
    private readonly ports: Pick<Ports, 'clock' | 'random' | 'log'>,
    { pace, budgetMs }: Pick<Settings, 'pace' | 'budgetMs'>,
    bucketState?: BucketState
  ) {
    const { clock } = ports;
    this.timer = new InvocationTimer(clock, budgetMs);
    this.hasAnswered = bucketState !== undefined;
    this.waits = new Waits(clock);
    this.bucket =
      bucketState === undefined ? new TokenBucket(pace, clock.monotonicMs()) : resumeBucket(pace, bucketState, clock);
  }

  /** What is left of the token bucket, for the next invocation. */
  get bucketState(): BucketState {
    const { clock } = this.ports;
    const { tokens, rate } = this.bucket.state(clock.monotonicMs());
    return { tokens, rate, atMs: clock.nowMs() };
  }

  /** Milliseconds that are left of what the platform has asked to wait. */
  get pauseLeftMs(): number {
    const monotonicMs = this.ports.clock.monotonicMs();
    return Math.max(this.bucket.pauseLeftMs(monotonicMs), this.waitedForMs - monotonicMs);
  }

  /** Why no request leaves any more; undefined while they do. */
  get stop(): ErrorDetails | undefined {
    return this.stopped;
  }

  /** Lets no further request leave. The first reason counts, but for one for which the run must not go on. */
  stopWith(reason: ErrorDetails): void {
    const isGraver = isAlarm(reason) && this.stopped !== undefined && !isAlarm(this.stopped);
    if (this.stopped === undefined || isGraver) this.stopped = reason;
    this.waits.endAll();
  }

  /** Lets no request leave from a moment on. @param atMs on the monotonic clock */
  stopAt(atMs: number, reason: ErrorDetails): void {
    this.end = { atMs, reason };
  }

  /** Makes the request until it is answered, or until the rules say otherwise. Never throws. */
  async send<T>(request: RequestToSend<T>): Promise<SendResult<T>> {
    let attempts = request.attemptsBefore;
    let lastError: ErrorDetails | undefined;
    let mayHaveChanged = request.mayHaveChanged ?? false;
    for (;;) {
      if (lastError !== undefined && mayHaveChanged && request.findEffect !== undefined) {
        try {
          const answer = await request.findEffect();
          if (answer !== undefined) return { kind: 'answered', answer, mayHaveChanged };
        } catch {
          return { kind: 'abandoned', error: lastError };
        }
      }
      await (request.isAhead === true ? this.waitForToken() : this.waitForTurn());
      if (this.stopped !== undefined) {
        return { kind: mayHaveChanged ? 'abandoned' : 'not sent', error: lastError ?? this.stopped };
      }
      this.requests[request.kind]++;
      if (lastError !== undefined || request.attemptsBefore > 0) this.requests.retried++;
      try {
        const answer = await request.attempt(Math.min(REQUEST_TIMEOUT_MS, this.timer.answersLeftMs));
        this.hasAnswered = true;
        return { kind: 'answered', answer, mayHaveChanged };
      } catch (thrown) {
        lastError = toErrorDetails(thrown);
      }
      if (lastError.status !== undefined) this.hasAnswered = true;
      if (lastError.status === 429) this.requests.rateLimited++;
      else attempts++;
      const failed: FailedRequest = {
        error: lastError,
        attempt: attempts,
        operations: request.operations,
        isAhead: request.isAhead,
        pageSize: request.pageSize,
        isPatient: this.hasAnswered && request.isEssential === true,
        unansweredMs: this.hasAnswered ? undefined : this.timer.elapsedMs
      };
      const decision = decideRetry(failed, this.ports.random);
      const mayHaveBefore = mayHaveChanged;
      if (mayBeCarriedOut(lastError)) mayHaveChanged = true;
      switch (decision.kind) {
        case 'stop':
          this.stopWith(lastError);
          return { kind: mayHaveBefore ? 'abandoned' : 'not sent', error: lastError };
        case 'refused':
          // What was carried out without our knowing may be refused the second time.
          return { kind: mayHaveBefore ? 'abandoned' : 'refused', error: lastError };
        case 'give up':
          return { kind: mayHaveChanged ? 'abandoned' : 'failed', error: lastError };
        case 'split':
          if (decision.waitMs > 0) await this.waitBefore('Sending it again in two halves', decision.waitMs, failed);
          return { kind: 'split', error: lastError, attempts: decision.fresh ? 0 : attempts, mayHaveChanged };
        case 'retry':
          if (decision.pausesRun) this.pauseAll(decision.waitMs);
          else await this.waitBefore('Sending it again', decision.waitMs, failed);
      }
    }
  }

  /**
   * Makes a request that the run cannot do without, for as long as there is time where the fault may pass.
   *
   * @throws LockUsersError where it is not answered
   */
  async read<T>(
    kind: Exclude<RequestKind, 'batch' | 'single'>,
    attempt: (timeoutMs: number) => Promise<T>,
    { isEssential = true }: Pick<RequestToSend<T>, 'isEssential'> = {}
  ): Promise<T> {
    const result = await this.send({ kind, operations: 0, attemptsBefore: 0, isEssential, attempt });
    if (result.kind === 'answered') return result.answer;
    throw new LockUsersError(this.stopped ?? result.error);
  }

  /**
   * Waits, unless the run has to stop before that. Where the wait does not fit the budget, the run stops.
   *
   * @returns whether the run goes on
   */
  async wait(waitMs: number): Promise<boolean> {
    if (waitMs > this.timer.budgetLeftMs) this.stopWith(timeBudget());
    if (this.stopped === undefined) await this.sleepAndLook(waitMs);
    return this.stopped === undefined;
  }

  /** Lets no request leave for a while, because the platform says that its rate limit is used up. */
  pauseAll(waitMs: number): void {
    const { clock, log } = this.ports;
    const { bucket } = this;
    const monotonicMs = clock.monotonicMs();
    if (bucket.pauseLeftMs(monotonicMs) === 0) {
      log.line(`The rate limit of the deployment is used up. All requests wait ${formatSeconds(waitMs)}.`);
    }
    bucket.slowDown(monotonicMs, waitMs);
  }

  private async waitBefore(what: string, waitMs: number, { error, attempt, isAhead }: FailedRequest): Promise<void> {
    const { clock, log } = this.ports;
    if (waitMs > this.timer.budgetLeftMs) {
      // What the server has asked for holds for the next invocation as well.
      if (error.retryAfterMs !== undefined) {
        const askedMs = Math.min(waitMs, error.retryAfterMs);
        this.waitedForMs = Math.max(this.waitedForMs, clock.monotonicMs() + askedMs);
      }
      return this.stopWith(timeBudget(error.message));
    }
    const count = attempt > MAX_ATTEMPTS ? `${attempt}` : `${attempt} of ${MAX_ATTEMPTS}`;
    log.line(`${error.message} ${what} in ${formatSeconds(waitMs)} (attempt ${count} failed).`);
    // A look that is to be repeated cannot wait for itself.
    await (isAhead === true ? this.sleep(waitMs) : this.sleepAndLook(waitMs));
  }

  private async waitForTurn(): Promise<void> {
    const turn = this.lastInLine;
    let leave: () => void = () => undefined;
    this.lastInLine = new Promise((resolve) => (leave = resolve));
    await turn;
    do {
      await this.waitForToken();
      if (this.stopped === undefined) await this.lookout?.lookIfDue();
      // What the platform has asked for meanwhile holds for this request, too.
    } while (this.stopped === undefined && this.bucket.pauseLeftMs(this.ports.clock.monotonicMs()) > 0);
    leave();
  }

  private async waitForToken(): Promise<void> {
    const { bucket, timer } = this;
    while (this.stopped === undefined) {
      const monotonicMs = this.ports.clock.monotonicMs();
      if (this.end !== undefined && monotonicMs >= this.end.atMs) return this.stopWith(this.end.reason);
      const leftMs = timer.budgetLeftMs;
      // What does not fit the budget takes no token, and the next invocation starts after the server's pause.
      if (leftMs <= 0 || bucket.pauseLeftMs(monotonicMs) > leftMs) return this.stopWith(timeBudget());
      const waitMs = bucket.take(monotonicMs);
      if (waitMs === 0) return;
      if (waitMs > leftMs) return this.stopWith(timeBudget());
      await this.sleep(waitMs);
    }
  }

  private sleepAndLook(waitMs: number): Promise<void> {
    const sleep = (ms: number): Promise<void> => this.sleep(ms);
    return this.lookout?.sleep(waitMs, sleep, () => this.stopped !== undefined) ?? sleep(waitMs);
  }

  /** Waits until the time is over or the run has to stop. */
  private async sleep(waitMs: number): Promise<void> {
    const { clock } = this.ports;
    const mostMs = Math.max(0, (this.end?.atMs ?? Infinity) - clock.monotonicMs());
    await this.waits.wait(Math.min(waitMs, mostMs));
    // Or whoever waits for longer would ask again and again.
    if (this.end !== undefined && clock.monotonicMs() >= this.end.atMs) this.stopWith(this.end.reason);
  }
}

function formatSeconds(waitMs: number): string {
  return `${(waitMs / 1000).toFixed(1)} s`;
}
