import { PAGE_SIZE } from '../platform-facts';

/** Pages of one list that are read at once at most. Ours: the rate limit then holds before the latency does. */
const MAX_PAGES_AT_ONCE = 8;

/** Pages after which one more is read at once. Ours: so that little is asked for beyond the end of a list. */
const PAGES_PER_STEP = 8;

/** Times that a list is read again from where it has shifted. Ours. */
const MAX_REREADS = 2;

/** Fewest items that a page is asked for. Ours. */
const MIN_PAGE_SIZE = 10;

/** A page of a list; or why it has to be asked for in smaller pages: it is too heavy, or its size is refused. */
export type ListPage<T> =
  | {
      readonly items: readonly T[];
      /** Whether items come after these; undefined where the list does not say. */
      readonly more: boolean | undefined;
    }
  | 'too heavy'
  | 'size refused';

/** A list that is read page by page. */
export interface ListSource<T> {
  readPage(limit: number, skip: number): Promise<ListPage<T>>;
  /** Takes items, again if they come again. Returns how many were new. */
  see(items: readonly T[]): number;
  /**
   * Names an item. Its pages then overlap by one item, so that a list that shifts while it is read shows that. Only for a list
   * whose order is ours.
   */
  readonly seamOf?: (item: T) => string;
  /** How many items there are, where that is known: nothing beyond is read ahead. */
  readonly expected?: number;
}

/** How a reading ended. */
export interface ListEnd {
  /** False: the list kept shifting, so that items may be missing. */
  readonly isStable: boolean;
  /** True: the list promised more and showed nothing new. */
  readonly isStuck: boolean;
}

/**
 * Reads a list to its end. Pages are taken in order; the longer the list, the more pages are read ahead.
 *
 * Where a page does not continue the one before, the list has shifted, and is read again from the page before, twice at most.
 * An empty page with which a reading starts is asked for once more. A page that is too heavy is asked for in halves, and a page size
 * that is refused in tenths.
 */
export async function readList<T>(source: ListSource<T>): Promise<ListEnd> {
  const { seamOf, expected } = source;
  const overlap = seamOf === undefined ? 0 : 1;
  const size = new PageSize();
  let stride = size.current - overlap;
  let ahead = new Map<number, Promise<ListPage<T>>>();
  let previousSkip = 0;
  let highestSkip = -1;
  let seam: string | undefined;
  let rereads = 0;
  let isStable = true;

  function request(skip: number): Promise<ListPage<T>> {
    const page = source.readPage(size.current, skip);
    // A page that is read ahead may fail before anybody waits for it, or when nobody does any more.
    page.catch(() => undefined);
    return page;
  }

  function readAhead(skip: number, pages: number): void {
    const width = expected === undefined ? 1 + Math.floor(pages / PAGES_PER_STEP) : MAX_PAGES_AT_ONCE;
    for (let step = 1; step < Math.min(width, MAX_PAGES_AT_ONCE); step++) {
      const next = skip + step * stride;
      if (next >= (expected ?? Infinity)) return;
      if (!ahead.has(next)) ahead.set(next, request(next));
    }
  }

  /** From now on pages have another length, so those that are read ahead do not fit. */
  function changeStride(length: number): void {
    if (length === stride) return;
    stride = length;
    ahead = new Map();
  }

  for (let skip = 0, pages = 0; ; pages++) {
    const current = ahead.get(skip) ?? request(skip);
    ahead.delete(skip);
    readAhead(skip, pages);
    let page = await current;
    // Where a reading starts, no seam says that an empty page cannot be true.
    if (skip === previousSkip && isEmptyEnd(page)) page = await request(skip);
    if (typeof page === 'string') {
      size.shrink(page);
      changeStride(size.current - overlap);
      continue;
    }
    const { items, more } = page;
    const isProgress = source.see(items) > 0 || skip <= highestSkip;
    highestSkip = Math.max(highestSkip, skip);
    const [first] = items;
    if (seam !== undefined && (first === undefined || seamOf?.(first) !== seam)) {
      if (rereads < MAX_REREADS) {
        rereads++;
        skip = previousSkip;
        seam = undefined;
        ahead = new Map();
        continue;
      }
      isStable = false;
    }
    const isLast = more === false || items.length <= (seam === undefined ? 0 : overlap);
    const isStuck = !isLast && !isProgress;
    if (isLast || isStuck) return { isStable, isStuck };
    previousSkip = skip;
    const advance = Math.max(1, items.length - overlap);
    const last = items[items.length - 1];
    seam = items.length > overlap && last !== undefined ? seamOf?.(last) : undefined;
    skip += advance;
    // The server may give fewer items at once than it was asked for.
    changeStride(size.grow() ? size.current - overlap : advance);
  }
}

/** Whether a page is taken for the end because it is empty: the platform's client takes some errors for that (observed). */
function isEmptyEnd<T>(page: ListPage<T>): boolean {
  return typeof page !== 'string' && page.more === undefined && page.items.length === 0;
}

/** How many items a page is asked for: fewer after a page failed for its size, and more again while pages succeed. */
class PageSize {
  current = PAGE_SIZE;
  private most = PAGE_SIZE;
  private lastFailed = 0;

  shrink(why: 'too heavy' | 'size refused'): void {
    const smaller = Math.max(MIN_PAGE_SIZE, Math.ceil(this.current / (why === 'too heavy' ? 2 : 10)));
    // A size that is refused, or that fails twice, is not tried again.
    if (why === 'size refused' || this.current === this.lastFailed) this.most = smaller;
    this.lastFailed = this.current;
    this.current = smaller;
  }

  /** Returns whether the next page is larger. */
  grow(): boolean {
    const larger = Math.min(this.most, this.current * 2);
    const hasGrown = larger > this.current;
    this.current = larger;
    return hasGrown;
  }
}

/** Whether a page of so many items can be asked for in smaller pages. */
export function canShrink(size: number): boolean {
  return size > MIN_PAGE_SIZE;
}
