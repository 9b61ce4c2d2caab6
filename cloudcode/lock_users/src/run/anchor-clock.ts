import type { Clock } from '../ports';

/**
 * A clock whose wall clock goes on from now by the monotonic one, so that what an invocation writes down keeps its order, however
 * the machine's clock is set meanwhile.
 */
export function anchorClock(clock: Clock): Clock {
  const aheadMs = clock.nowMs() - clock.monotonicMs();
  return {
    nowMs: () => Math.round(aheadMs + clock.monotonicMs()),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (waitMs, signal) => clock.sleep(waitMs, signal)
  };
}
