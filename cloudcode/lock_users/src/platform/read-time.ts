/** A time in milliseconds since 1970, null where there is none. Documented: ISO 8601. That of a `Date` header has a form of its own. */
export function readTime(value: unknown): number | null {
  const timeMs = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}
