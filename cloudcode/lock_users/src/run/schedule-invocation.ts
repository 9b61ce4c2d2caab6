import { cleanText, MAX_DETAIL_BYTES } from '../outside-text';
import type { Ports } from '../ports';
import { BACKOFF_BASE_MS } from '../requests/retry-rules';

/** How often the queue is asked. Ours. */
const ATTEMPTS = 3;

/**
 * Schedules an invocation of this task on its queue. Tries three times at most.
 *
 * Scheduling it twice does no harm: invocations on one queue never overlap, and the second finds nothing to do.
 * @returns why it could not be scheduled, or undefined where it was
 */
export async function scheduleInvocation(
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
      const reason = cleanText(error instanceof Error ? error.message : String(error), MAX_DETAIL_BYTES);
      log.line(`The next invocation could not be scheduled (attempt ${attempt} of ${ATTEMPTS}): ${reason}`);
      if (attempt === ATTEMPTS) return reason;
      await clock.sleep(BACKOFF_BASE_MS);
    }
  }
}
