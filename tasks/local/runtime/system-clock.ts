import { setTimeout } from 'node:timers/promises';
import type { QueueClock } from './TaskQueue';

/** The most that a timer of Node takes; a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. It sleeps for 24 days at most. */
export const systemClock: QueueClock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    setTimeout(Math.min(ms, MAX_TIMER_MS), undefined, { ...(signal && { signal }) }).catch(() => undefined)
};
