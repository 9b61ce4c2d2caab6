import type { Limits } from './Limits';

/** The token bucket of a deployment: one token per request, whoever makes it (documented, "API limits"). */
export class RequestLimiter {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private limits: Limits,
    private readonly nowMs: () => number
  ) {
    this.tokens = limits.burst;
    this.filledAtMs = nowMs();
  }

  /** New limits start with a full bucket. */
  setLimits(limits: Limits): void {
    this.limits = limits;
    this.tokens = limits.burst;
    this.filledAtMs = this.nowMs();
  }

  /** Whether a request is let in; it takes a token if it is. */
  admit(): boolean {
    const now = this.nowMs();
    this.tokens = Math.min(this.limits.burst, this.tokens + ((now - this.filledAtMs) / 1000) * this.limits.rate);
    this.filledAtMs = now;
    if (!this.limits.enforced) return true;
    // Refilling in fractions leaves a little less than a whole token where a whole one is due.
    if (this.tokens < 1 - 1e-9) return false;
    this.tokens -= 1;
    return true;
  }
}
