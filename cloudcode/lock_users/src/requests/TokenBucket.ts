import type { Clock } from '../ports';

/** Requests per second in the long run, and how many may leave at once after a rest. */
export interface Pace {
  /** More than 0. */
  readonly rate: number;
  /** At least 1. */
  readonly burst: number;
}

/** What is left of a bucket, for the invocation that goes on with it. */
export interface BucketState {
  readonly tokens: number;
  readonly rate: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Part of the rate that is left after a 429. Ours, as the AWS SDKs' adaptive mode has it. */
const CUT = 0.7;
/** Part of the full rate that comes back each second. Ours: from 0.7 to full in half a minute. */
const RECOVERY_PER_SECOND = 0.01;
/** Part of the full rate that is never gone below. Ours. */
const LEAST_SHARE = 0.1;
/** Refilling in fractions leaves a little less than a whole token where a whole one is due. */
const ROUNDING = 1e-9;

/**
 * Decides when the next request may leave: a token bucket like the platform's own, which slows down when the platform
 * says that its bucket is empty. It never lets through more than `burst + rate × time`.
 */
export class TokenBucket {
  private tokens: number;
  private rate: number;
  private filledAtMs: number;
  private pausedUntilMs = 0;

  /** @param state what an earlier invocation left; default: a full bucket at full rate */
  constructor(
    private readonly pace: Pace,
    nowMs: number,
    state: BucketState = { tokens: pace.burst, rate: pace.rate, atMs: nowMs }
  ) {
    this.tokens = Math.min(pace.burst, state.tokens);
    this.rate = Math.min(pace.rate, Math.max(pace.rate * LEAST_SHARE, state.rate));
    // Two machines' clocks may differ; a time to come must not stop the refilling.
    this.filledAtMs = Math.min(state.atMs, nowMs);
  }

  /** Takes a token and returns 0, or takes none and returns the milliseconds until there may be one, more than 0. */
  take(nowMs: number): number {
    this.refill(nowMs);
    if (nowMs < this.pausedUntilMs) return this.pausedUntilMs - nowMs;
    if (this.tokens < 1 - ROUNDING) return Math.max(1, ((1 - this.tokens) / this.rate) * 1000);
    this.tokens -= 1;
    return 0;
  }

  /** The platform has answered 429: nothing leaves for `waitMs`, and from then on less than before. */
  slowDown(nowMs: number, waitMs: number): void {
    this.refill(nowMs);
    // Several requests in flight are rejected by one and the same shortage.
    if (nowMs >= this.pausedUntilMs) this.rate = Math.max(this.pace.rate * LEAST_SHARE, this.rate * CUT);
    this.tokens = Math.min(this.tokens, 0);
    this.pausedUntilMs = Math.max(this.pausedUntilMs, nowMs + waitMs);
  }

  /** Milliseconds of a pause that are left. */
  pauseLeftMs(nowMs: number): number {
    return Math.max(0, this.pausedUntilMs - nowMs);
  }

  /** What is left, to go on with later. */
  state(nowMs: number): BucketState {
    this.refill(nowMs);
    return { tokens: this.tokens, rate: this.rate, atMs: nowMs };
  }

  private refill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.filledAtMs) / 1000;
    this.filledAtMs = Math.max(this.filledAtMs, nowMs);
    this.rate = Math.min(this.pace.rate, this.rate + seconds * this.pace.rate * RECOVERY_PER_SECOND);
    this.tokens = Math.min(this.pace.burst, this.tokens + seconds * this.rate);
  }
}

/** The bucket that an earlier invocation has left, as another process goes on with it. */
export function resumeBucket(
  pace: Pace,
  { tokens, rate, atMs }: BucketState,
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
): TokenBucket {
  const monotonicMs = clock.monotonicMs();
  // Between two processes nothing but the wall clock passes. Theirs may differ: a time to come must not stop the refilling.
  const ageMs = Math.max(0, clock.nowMs() - atMs);
  return new TokenBucket(pace, monotonicMs, { tokens, rate, atMs: monotonicMs - ageMs });
}
