import { cleanText, MAX_DETAIL_BYTES } from '../outside-text';
import { answerInTime } from '../requests/answer-in-time';
import type { InvocationQueue, Ports } from '../ports';
import { BACKOFF_BASE_MS, MAX_WAIT_MS } from '../requests/retry-rules';

/** How often the queue is asked. Ours. */
const ATTEMPTS = 3;

/** Milliseconds that all of that takes at most where nothing else is short of time. Ours. */
const SCHEDULING_MS = 15_000;

/**
 * Milliseconds that an order lies ahead at most where the platform does not take one that lies further ahead: whether `at` has a
 * maximum is not documented. Ours.
 */
const STEP_MS = 900_000;

type QueuePorts = Pick<Ports, 'queue' | 'clock' | 'log'>;

/**
 * Schedules an invocation of this task on its queue. Tries three times at most, and gives up when the time is over: the platform
 * may never settle.
 *
 * Scheduling it twice does no harm: invocations on one queue never overlap, and the second finds nothing to do.
 *
 * @param afterMs how long it is to wait, an hour at most
 * @param timeLeftMs how long this may take. Default: 15 s, which is also the most
 * @returns why it could not be scheduled, or undefined where it was
 */
export function scheduleInvocation(
  ports: QueuePorts,
  parameters: Readonly<Record<string, unknown>>,
  afterMs: number,
  timeLeftMs?: number
): Promise<string | undefined> {
  const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, afterMs));
  return askQueue(ports, 'The next invocation', (queue) => queue.schedule(parameters, waitMs), timeLeftMs);
}

/**
 * Schedules an undo for a moment. Where the platform does not take it, schedules it in 15 minutes: it is early then, and orders
 * itself again.
 *
 * @param atMs milliseconds since 1970
 * @param timeLeftMs how long each of the two may take. Default: 15 s, which is also the most
 * @returns why it could not be scheduled, or undefined where it was
 */
export async function scheduleUndo(
  ports: QueuePorts,
  parameters: Readonly<Record<string, unknown>>,
  atMs: number,
  timeLeftMs?: number
): Promise<string | undefined> {
  const stepAtMs = ports.clock.nowMs() + STEP_MS;
  const failure = await askQueue(ports, 'The undo', (queue) => queue.scheduleAt(parameters, atMs), timeLeftMs);
  if (failure === undefined || atMs <= stepAtMs) return failure;
  return askQueue(ports, 'The undo, a step ahead,', (queue) => queue.scheduleAt(parameters, stepAtMs), timeLeftMs);
}

async function askQueue(
  { queue, clock, log }: QueuePorts,
  what: string,
  ask: (queue: InvocationQueue) => Promise<void>,
  timeLeftMs = SCHEDULING_MS
): Promise<string | undefined> {
  if (queue === undefined) return 'this runtime has no queue';
  const untilMs = clock.monotonicMs() + Math.min(SCHEDULING_MS, timeLeftMs);
  for (let attempt = 1; ; attempt++) {
    const leftMs = Math.max(1, Math.ceil(untilMs - clock.monotonicMs()));
    let reason = `the queue did not answer within ${leftMs / 1000} s`;
    try {
      if ((await answerInTime(clock, leftMs, ask(queue))) !== undefined) return undefined;
    } catch (error) {
      reason = cleanText(error instanceof Error ? error.message : String(error), MAX_DETAIL_BYTES);
    }
    log.line(`${what} could not be scheduled (attempt ${attempt} of ${ATTEMPTS}): ${reason}`);
    if (attempt === ATTEMPTS || clock.monotonicMs() + BACKOFF_BASE_MS >= untilMs) return reason;
    await clock.sleep(BACKOFF_BASE_MS);
  }
}
