import type { Clock } from '../ports';

/**
 * Milliseconds after which an invocation has ended, whatever its budget: with its last answers, the order for the next one and
 * its record. Ours: ten seconds before the platform stops it (`INVOCATION_LIMIT_MS`).
 */
const INVOCATION_END_MS = 290_000;

/** Milliseconds before that end from which no answer is waited for any more: ordering and the record need them. Ours. */
const CLOSING_MS = 10_000;

/** Milliseconds of those that ordering leaves for the record. Ours. */
const RECORD_MS = 7000;

/** Milliseconds after the end of the budget in which answers are still waited for. Ours. */
const ANSWER_GRACE_MS = 20_000;

/**
 * How much time an invocation has left, for what. It goes by the monotonic clock, so a wall clock that is set forwards or
 * backwards ends nothing early and lets nothing run on.
 */
export class InvocationTimer {
  private readonly beganAtMs: number;

  /** @param budgetMs milliseconds in which requests may leave, from now on */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly budgetMs: number
  ) {
    this.beganAtMs = clock.monotonicMs();
  }

  /** Milliseconds since the invocation began. */
  get elapsedMs(): number {
    return this.clock.monotonicMs() - this.beganAtMs;
  }

  /** Milliseconds in which requests may leave; 0 or less where none may. */
  get budgetLeftMs(): number {
    return this.budgetMs - this.elapsedMs;
  }

  /** Whole milliseconds in which answers are still waited for, 1 at least. */
  get answersLeftMs(): number {
    const untilMs = Math.min(this.budgetMs + ANSWER_GRACE_MS, INVOCATION_END_MS - CLOSING_MS);
    return Math.max(1, Math.ceil(untilMs - this.elapsedMs));
  }

  /** Milliseconds that scheduling an invocation may take; 0 or less where there is none left. */
  get schedulingLeftMs(): number {
    return this.endLeftMs - RECORD_MS;
  }

  /** Milliseconds until the invocation has to have ended; 0 or less where it should have. */
  get endLeftMs(): number {
    return INVOCATION_END_MS - this.elapsedMs;
  }
}
