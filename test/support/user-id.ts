/** The id of test user number `n`: a lower-case UUID that shows the number. */
export function userId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** Ids of test users 0 to `count` − 1. */
export function userIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => userId(n));
}
