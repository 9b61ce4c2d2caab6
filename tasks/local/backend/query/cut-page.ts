import type { ReadView } from './ReadView';

/** A page of a list, and whether the list says that another one comes. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

/**
 * Cuts a page out of a list.
 *
 * @param skip rows before the page
 * @param size most rows on the page
 */
export function cutPage<Row>(list: readonly Row[], skip: number, size: number, view: ReadView = {}): Page<Row> {
  const from = findStart(list.length, skip, size, view.noProgress);
  const end = Math.min(from + size, list.length);
  const rows = view.order === undefined ? list.slice(from, end) : pickRows(list, from, end, view.order);
  const isEndless = view.noProgress === 'repeat-last-page' || view.noProgress === 'more-for-ever';
  return { rows, more: isEndless || from + rows.length < list.length };
}

function findStart(length: number, skip: number, size: number, noProgress: ReadView['noProgress']): number {
  if (noProgress === 'ignore-skip') return 0;
  if (noProgress !== 'repeat-last-page' || skip < length || size === 0) return skip;
  return Math.max(0, Math.ceil(length / size) - 1) * size;
}

/** Rows of the list in another order: the steps are as wide as leaves none of them out. */
function pickRows<Row>(list: readonly Row[], from: number, end: number, order: number): readonly Row[] {
  const { length } = list;
  const offset = Math.floor(order * length);
  // Any large factor will do: two orders with the same beginning shall differ in the rest.
  let step = 1 + Math.floor(((order * 7919) % 1) * length);
  while (divideCommonly(step, length) !== 1) step++;
  const places = Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
  return places.flatMap((place) => {
    const index = (place * step + offset) % length;
    return list.slice(index, index + 1);
  });
}

/** The greatest common divisor. */
function divideCommonly(a: number, b: number): number {
  return b === 0 ? a : divideCommonly(b, a % b);
}
