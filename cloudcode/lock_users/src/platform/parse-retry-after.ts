import { MAX_WAIT_MS } from '../requests/retry-rules';

/**
 * Seconds that nobody asks to wait: more than a day is a Unix time, a mistake, or a joke. Ours; the task waits an hour at most
 * anyway (`MAX_WAIT_MS`).
 */
const ABSURD_SECONDS = 86_400;

/** The three forms of a date in HTTP (RFC 9110, section 5.6.7), all of them in GMT. */
const HTTP_DATES: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/
];

/**
 * Milliseconds that a `Retry-After` header asks to wait, never fewer: whole or decimal seconds, or a date. Undefined where there
 * is no header, where it is anything else, or where it asks for more than a day.
 *
 * @param serverDate the answer's own `Date` header, by which a difference between the clocks cancels out
 */
export function parseRetryAfter(header: string | null, serverDate: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : countUntil(text, serverDate, nowMs);
  return waitMs === undefined || waitMs > ABSURD_SECONDS * 1000 ? undefined : waitMs;
}

function countUntil(text: string, serverDate: string | null, nowMs: number): number | undefined {
  const untilMs = parseHttpDate(text);
  if (untilMs === undefined) return undefined;
  // The server's own date has whole seconds, rounded down, so counting from it never ends too early. A cache on the way may have
  // kept it for a day, in which case our clock tells more.
  const waitsMs = [parseHttpDate(serverDate ?? '') ?? nowMs, nowMs].map((fromMs) => untilMs - fromMs);
  const waitMs = waitsMs.find((ms) => ms >= 0 && ms <= MAX_WAIT_MS) ?? waitsMs[0];
  return Math.max(0, waitMs ?? 0);
}

function parseHttpDate(text: string): number | undefined {
  const trimmed = text.trim();
  if (!HTTP_DATES.some((form) => form.test(trimmed))) return undefined;
  const timeMs = Date.parse(trimmed.endsWith('GMT') ? trimmed : `${trimmed} GMT`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
