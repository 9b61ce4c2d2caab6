import { BACKOFF_BASE_MS } from '../platform-facts';
import type { Ports } from '../ports';

const ATTEMPTS = 3;

/**
 * Orders an invocation of this task on its queue, three times at most.
 *
 * Ordering it twice does no harm: invocations on one queue never overlap, and the second finds nothing to do.
 * @returns why it could not be ordered, or undefined where it was
 */
export async function orderInvocation(
  { queue, clock, log }: Pick<Ports, 'queue' | 'clock' | 'log'>,
  parameters: Readonly<Record<string, unknown>>,
  afterMs: number
): Promise<string | undefined> {
  if (queue === undefined) return 'this runtime has no queue';
  for (let attempt = 1; ; attempt++) {
    try {
      await queue.schedule(parameters, afterMs);
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.line(`The next invocation could not be ordered (attempt ${attempt} of ${ATTEMPTS}): ${reason}`);
      if (attempt === ATTEMPTS) return reason;
      await clock.sleep(BACKOFF_BASE_MS);
    }
  }
}
