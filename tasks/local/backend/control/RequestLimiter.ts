import { tooManyRequests } from '../http/ApiError';
import { errorResponse } from '../http/ApiResponse';
import { answerWith } from '../http/Exchange';
import type { Step } from '../http/Exchange';
import type { Limits } from './Limits';
import type { Switches } from './Switches';
import { tellWait } from './tell-wait';

/** The token bucket of a deployment: one token per request, whoever makes it (documented, "API limits"). */
export class RequestLimiter {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private current: Limits,
    private readonly nowMs: () => number
  ) {
    this.tokens = current.burst;
    this.filledAtMs = nowMs();
  }

  get limits(): Limits {
    return this.current;
  }

  /** New limits start with a full bucket. */
  setLimits(limits: Limits): void {
    this.current = limits;
    this.tokens = limits.burst;
    this.filledAtMs = this.nowMs();
  }

  /** Whether a request is let in; it takes a token if it is. */
  admit(): boolean {
    const { burst, rate, enforced } = this.current;
    const now = this.nowMs();
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAtMs) / 1000) * rate);
    this.filledAtMs = now;
    if (!enforced) return true;
    // Refilling in fractions leaves a little less than a whole token where a whole one is due.
    if (this.tokens < 1 - 1e-9) return false;
    this.tokens -= 1;
    return true;
  }

  /** Milliseconds until a request would be let in; at least 1. */
  waitMs(): number {
    return Math.max(1, ((1 - this.tokens) / this.current.rate) * 1000);
  }
}

/**
 * Step: answers 429 to requests over the limit.
 *
 * @param header how the answer says how long to wait
 */
export function limitRequests(
  limiter: RequestLimiter,
  header: Switches['retryAfterHeader'],
  nowMs: () => number
): Step {
  return (request, next) => {
    if (limiter.admit()) return next(request);
    const waitMs = limiter.waitMs();
    return answerWith(() => ({
      ...errorResponse(tooManyRequests()),
      ...(header !== 'absent' && tellWait(Math.ceil(waitMs / 1000), header, nowMs()))
    }));
  };
}
