import type { Continuation } from './core/Continuation';
import { BACKOFF_BASE_MS } from './core/limits';
import type { ErrorParts } from './core/LockUsersError';
import type { Ports } from './ports';

const ATTEMPTS = 3;

/** What the next invocation needs. */
export interface HandOver {
  /** Why this one stops. */
  readonly stop: ErrorParts;
  /** The parameters of this one. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Undefined where going on would be no use. */
  readonly next: Continuation | undefined;
  /** Milliseconds that the platform's rate limit wants to be left alone for. */
  readonly afterMs: number;
}

/**
 * Orders the next invocation of a run whose time is used up, and says why the run stops here if it cannot be.
 *
 * Ordering it twice does no harm: invocations on one queue never overlap, and the second finds nothing to do.
 */
export async function handOver(
  { queue, clock, log }: Pick<Ports, 'queue' | 'clock' | 'log'>,
  { stop, given, next, afterMs }: HandOver
): Promise<{ stop: ErrorParts; next?: Continuation }> {
  if (next === undefined) {
    return {
      stop: {
        code: 'STALLED',
        what: `The run gave up: two invocations in a row locked nobody, or there were 100 of them. ${stop.what}`,
        nextStep: 'Look at the failures and at the state of the deployment, then run the task again.'
      }
    };
  }
  if (queue === undefined) return { stop };
  for (let attempt = 1; ; attempt++) {
    try {
      await queue.schedule({ ...given, continuation: next }, afterMs);
      return { stop: { ...stop, nextStep: `Invocation ${next.hop} is ordered and goes on by itself.` }, next };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.line(`The next invocation could not be ordered (attempt ${attempt} of ${ATTEMPTS}): ${reason}`);
      if (attempt === ATTEMPTS) {
        return { stop: { ...stop, what: `${stop.what} The next invocation could not be ordered: ${reason}` } };
      }
      await clock.sleep(BACKOFF_BASE_MS);
    }
  }
}
