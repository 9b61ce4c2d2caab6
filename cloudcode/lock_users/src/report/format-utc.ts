/** A time in milliseconds since 1970 as ISO 8601, to the second: `2026-11-27T21:30:00Z`. */
export function formatUtc(timeMs: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });
  return `${format.format(timeMs).replace(' ', 'T')}Z`;
}
