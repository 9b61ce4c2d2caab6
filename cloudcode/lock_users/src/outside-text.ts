// The one place that decides what text from outside looks like in our own: labels, details, ids, names, reasons, parameters,
// and errors of `DB` and of the network.

/** Bytes of an id, a type, a label or another name. Ours: a UUID has 36. */
export const MAX_NAME_BYTES = 100;

/** Bytes of a detail that the platform gives. Ours: a few sentences, in Japanese as well. */
export const MAX_DETAIL_BYTES = 600;

/** Bytes of the message of an error. Ours: with the next step and the rest of its line it stays under 2 kB. */
export const MAX_MESSAGE_BYTES = 1500;

/** Bytes of the next step of an error. Ours. */
export const MAX_NEXT_STEP_BYTES = 400;

/**
 * Characters that would change how the text around them is read: line breaks and other control characters (with them the
 * codes of terminals), formatting such as bidirectional overrides and zero-width characters, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Most text is Latin, Greek, Cyrillic, Chinese, Japanese or Korean alone, which has none of them, and this is faster to tell. */
const COMMON = /^[\x20-\x7e\xa0-\xac\xae-\u05ff\u2e80-\ud7ff\uff01-\uffef]*$/;

const NOT_ASCII = /[\u0080-\uffff]/;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with such characters escaped as in JSON. JSON stays JSON of the same value, and clean text stays as it is. */
export function escapeText(text: string): string {
  if (COMMON.test(text)) return text;
  return text.replace(UNSAFE, (character) => SHORT_ESCAPES[character] ?? escapeUnits(character));
}

/** The text escaped, and cut to so many bytes of UTF-8, with `…` at the end where something is missing. */
export function cleanText(text: string, mostBytes: number): string {
  // A character has one byte at least, so what comes later cannot stay; there may be megabytes of it.
  const escaped = escapeText(text.slice(0, mostBytes + 1));
  if (countBytes(escaped) <= mostBytes) return escaped;
  const left = mostBytes - countBytes('…');
  let bytes = 0;
  let end = 0;
  while (bytes + bytesAt(escaped, end) <= left) {
    bytes += bytesAt(escaped, end);
    end += unitsAt(escaped, end);
  }
  return `${escaped.slice(0, end)}…`;
}

/** Whatever was typed, in quotes, so that it cannot be taken for our own words. Cut like `cleanText`. */
export function quoteText(text: string, mostBytes: number): string {
  return cleanText(JSON.stringify(text.slice(0, mostBytes)), mostBytes);
}

/** Bytes of the text in UTF-8. */
export function countBytes(text: string): number {
  // Lists of ids are long and have nothing else.
  if (!NOT_ASCII.test(text)) return text.length;
  let bytes = 0;
  for (let index = 0; index < text.length; index += unitsAt(text, index)) bytes += bytesAt(text, index);
  return bytes;
}

/** Bytes in UTF-8 of the character that begins there. */
function bytesAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return unitsAt(text, index) === 2 ? 4 : 3;
}

/** Units of 16 bits of that character: halves of a surrogate pair that stand alone are characters. */
function unitsAt(text: string, index: number): 1 | 2 {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 ? 2 : 1;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
