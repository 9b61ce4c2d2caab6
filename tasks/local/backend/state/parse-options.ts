import type { Element } from '@xmldom/xmldom';

/**
 * The options of a field, by key. As in the vendor's parser, an option of an integer choice without a key counts on from the
 * largest before it, from 0; and a boolean that names none has `No` and `Yes`. That an option of another choice without a key
 * has its text as key is assumed.
 */
export function parseOptions(element: Element, type: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  let largest = -1;
  for (const option of Array.from(element.getElementsByTagName('option'))) {
    const label = option.textContent ?? '';
    const key = option.getAttribute('key') ?? (type.endsWith('-integer') ? String(largest + 1) : label);
    options.set(key, label);
    largest = Math.max(largest, Number(key));
  }
  if (type !== 'boolean' || options.size > 0) return options;
  return new Map([
    ['false', 'No'],
    ['true', 'Yes']
  ]);
}
