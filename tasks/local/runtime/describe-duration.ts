const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1]
] as const;

/** A duration for people, in its two largest units: `3 h 5 min`. A part of a second counts as a whole one. */
export function describeDuration(durationMs: number): string {
  let seconds = Math.max(0, Math.ceil(durationMs / 1000));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
