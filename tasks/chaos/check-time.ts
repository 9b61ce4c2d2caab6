import { READ_LAG_MS } from '../../cloudcode/lock_users/src/platform-facts';
import type { Emulator } from '../local/backend/Emulator';
import { SLOW_ORDER_MS } from './disturb-time';

const HOUR_MS = 3_600_000;

/** Ten seconds before the platform stops a task. */
const MAX_INVOCATION_MS = 290_000;

/** Milliseconds that a run may hold its lease beyond what it was asked to wait: ten minutes for its next invocation. */
const HAND_OVER_MS = 600_000;

/** A 429 that names no time is waited for, up to so long. */
export const LEAST_WAIT_MS = 1250;

/** What went on too long. @param tookMs how long an invocation took */
export function checkDuration(tookMs: number): string[] {
  return tookMs > MAX_INVOCATION_MS ? [`An invocation took ${tookMs} ms.`] : [];
}

/**
 * Whether an order for a next invocation lies further ahead than explained: by what an answer asked to wait, by a lease that keeps
 * the run waiting, or by how long a read may lag behind a write.
 *
 * @param askedMs the most that an answer has asked to wait
 */
export function checkOrder(emulator: Emulator, afterMs: number, askedMs: number, nowMs: number): string[] {
  const mostMs = Math.max(
    READ_LAG_MS,
    Math.min(HOUR_MS, askedMs),
    Math.min(HOUR_MS, longestLeaseMs(emulator, nowMs - SLOW_ORDER_MS))
  );
  return afterMs > Math.ceil(mostMs) ? [`An order lies ${afterMs} ms ahead; ${mostMs} are explained.`] : [];
}

/** Whether a lease lies further ahead than explained. */
export function checkLeases(emulator: Emulator, askedMs: number, nowMs: number): string[] {
  const leaseMs = longestLeaseMs(emulator, nowMs);
  const mostMs = Math.min(HOUR_MS, askedMs) + HAND_OVER_MS;
  return leaseMs > mostMs ? [`A lease lies ${leaseMs} ms ahead; ${mostMs} are explained.`] : [];
}

function longestLeaseMs(emulator: Emulator, nowMs: number): number {
  const ends = [...emulator.state.store('lock_run').all()].map(({ values }) =>
    Date.parse(String(values.get('lease_expires_at')))
  );
  return Math.max(0, ...ends.flatMap((end) => (Number.isNaN(end) ? [] : [end - nowMs])));
}
