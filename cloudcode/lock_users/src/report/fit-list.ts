import { countBytes } from '../outside-text';

/**
 * The first entries of a list, as many as have so many bytes as JSON in UTF-8, and how many bytes they have.
 *
 * @param mostBytes more than 0 where anything is to be kept
 */
export function fitList<T>(list: readonly T[], mostBytes: number): { readonly kept: T[]; readonly bytes: number } {
  const kept: T[] = [];
  let bytes = 0;
  for (const entry of list) {
    // With the comma after it.
    const more = countBytes(JSON.stringify(entry)) + 1;
    if (bytes + more > mostBytes) break;
    bytes += more;
    kept.push(entry);
  }
  return { kept, bytes };
}
