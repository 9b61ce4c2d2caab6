/**
 * Milliseconds that a `Retry-After` header asks to wait, never fewer: seconds, also with decimals, or a date. Undefined
 * where there is no header or nobody can tell what it means.
 *
 * @param serverDate the answer's own `Date` header, by which a difference between the clocks cancels out
 */
export function parseRetryAfter(header: string | null, serverDate: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const untilMs = text === '' ? NaN : Date.parse(text);
  if (Number.isNaN(untilMs)) return undefined;
  const serverNowMs = serverDate === null ? NaN : Date.parse(serverDate);
  // The server's own date has whole seconds, rounded down, so counting from it never ends too early.
  return Math.max(0, untilMs - (Number.isNaN(serverNowMs) ? nowMs : serverNowMs));
}
