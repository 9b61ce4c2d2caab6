import type { Continuation } from './Continuation';
import type { ErrorDetails } from '../errors';
import { orderInvocation } from './schedule-invocation';
import type { Ports } from '../ports';

/** What the next invocation needs. */
export interface HandOver {
  /** Why this one stops. */
  readonly stop: ErrorDetails;
  /** The parameters of this one. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Undefined where going on would be no use. */
  readonly next: Continuation | undefined;
  /** Milliseconds that the platform's rate limit wants to be left alone for. */
  readonly afterMs: number;
}

/** Orders the next invocation of a run whose time is used up, and says why the run stops here if it cannot be. */
export async function handOver(
  ports: Pick<Ports, 'queue' | 'clock' | 'log'>,
  { stop, given, next, afterMs }: HandOver
): Promise<{ stop: ErrorDetails; next?: Continuation }> {
  if (next === undefined) {
    return {
      stop: {
        code: 'STALLED',
        message: `The run gave up: two invocations in a row changed nobody, or there were 1000 of them. ${stop.message}`,
        nextStep: 'Look at the failures and at the state of the deployment, then run the task again.'
      }
    };
  }
  if (ports.queue === undefined) return { stop };
  const failure = await orderInvocation(ports, { ...given, continuation: next }, afterMs);
  if (failure === undefined) {
    return { stop: { ...stop, nextStep: `Invocation ${next.invocation} is ordered and goes on by itself.` }, next };
  }
  return { stop: { ...stop, message: `${stop.message} The next invocation could not be ordered: ${failure}` } };
}
