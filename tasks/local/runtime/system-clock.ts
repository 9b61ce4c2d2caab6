import { setTimeout } from 'node:timers/promises';
import type { QueueClock } from './QueueClock';

/** The machine's clock. */
export const systemClock: QueueClock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined)
};
