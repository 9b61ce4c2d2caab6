/** A time in milliseconds since 1970 as ISO 8601; null where it is none. */
export function formatTime(timeMs: number | null): string | null {
  const time = new Date(timeMs ?? NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
