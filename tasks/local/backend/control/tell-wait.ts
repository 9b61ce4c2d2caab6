import type { ApiResponse } from '../http/ApiResponse';

/**
 * The header `Retry-After` with which a response makes its client wait.
 *
 * @param seconds how long; fractions are shown as they are, and a date has whole seconds
 */
export function tellWait(
  seconds: number,
  as: 'seconds' | 'date',
  nowMs: number
): Pick<ApiResponse, 'headers' | 'retryAfterMs'> {
  if (as === 'seconds') return { headers: { 'Retry-After': String(seconds) }, retryAfterMs: seconds * 1000 };
  const untilMs = Math.ceil(nowMs / 1000 + seconds) * 1000;
  return { headers: { 'Retry-After': new Date(untilMs).toUTCString() }, retryAfterMs: untilMs - nowMs };
}
