/** The time as a `TaskQueue` sees it. */
export interface QueueClock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after that time at the latest, and at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Longest time without a look at the clock, in milliseconds. A timer stands still while the machine sleeps and knows nothing of
 * a clock that was set, so what is due then would be late by as much.
 */
export const MAX_STEP_MS = 30_000;

/** Resolves at that moment, in milliseconds since 1970, at most 30 s late where the clock jumped; at once where it is aborted. */
export async function sleepUntil(clock: QueueClock, dueMs: number, signal?: AbortSignal): Promise<void> {
  // A timer may end early, too.
  while (signal?.aborted !== true && clock.nowMs() < dueMs) {
    await clock.sleep(Math.min(dueMs - clock.nowMs(), MAX_STEP_MS), signal);
  }
}
