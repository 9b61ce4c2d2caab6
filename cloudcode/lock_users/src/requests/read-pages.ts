import { PAGE_SIZE } from '../platform-facts';

/** Pages of one list that are read at once at most. Ours: the rate limit then holds before the latency does. */
const MAX_PAGES_AT_ONCE = 8;

/** A page of a list, and whether it is known that nothing comes after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly isLast: boolean;
}

/**
 * Reads a list to its end, several pages at once: one at first, then twice as many each time, so that a short list costs
 * no needless request and a long one does not wait for one page after the other.
 *
 * The first page shows how many items the server gives at once. Where it gives fewer later on, the rest of that stretch
 * is asked for again, so that a short page in the middle loses nobody.
 */
export async function readPages<T>(
  read: (limit: number, skip: number) => Promise<Page<T>>,
  see: (items: readonly T[]) => void
): Promise<void> {
  let hasEnded = false;

  async function readStretch(start: number, length: number): Promise<number> {
    for (let from = start; ;) {
      const { items, isLast } = await read(start + length - from, from);
      see(items);
      from += items.length;
      if (isLast || items.length === 0) {
        hasEnded = true;
        return from;
      }
      if (start === 0 || from >= start + length) return from;
    }
  }

  const size = await readStretch(0, PAGE_SIZE);
  let next = size;
  for (let width = 1; !hasEnded; width = Math.min(MAX_PAGES_AT_ONCE, width * 2)) {
    const starts = Array.from({ length: width }, (_, index) => next + index * size);
    next += width * size;
    // Also where one fails: nothing may be seen any more once this function has ended.
    const results = await Promise.allSettled(starts.map((start) => readStretch(start, size)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
