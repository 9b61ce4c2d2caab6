/** Assumed: ids are lower-case UUIDs, as in all samples (docs.journeyapps.com, Backend API). */
const UUID_LENGTH = 36;
/** Where each four hex digits begin in the text of a UUID: two fours are a word. */
const FOURS = [0, 4, 9, 14, 19, 24, 28, 32] as const;
const DASH = 0x2d;
const NO_DIGIT = -1;
/** The values of the hex digits, by their character codes: looking them up takes half as long as telling digits from letters. */
const VALUES = new Int8Array(128).fill(NO_DIGIT);
/** The character codes of the hex digits, by their values. */
const CODES = Uint8Array.from({ length: 16 }, (_, value) => value.toString(16).charCodeAt(0));
CODES.forEach((code, value) => (VALUES[code] = value));
/** An id is 128 bits: four words of 32. */
const WORDS = 4;
const FIRST_CAPACITY = 1024;
const EMPTY = -1;

/**
 * Gives each user id a number: 0, 1, 2, … in the order in which they come. A UUID takes 24 bytes here and some 100 as a
 * key of a Map, which decides whether a million users fit. Ids that are no UUIDs are kept as they are.
 */
export class UserIndex {
  private count = 0;
  private words = new Uint32Array(FIRST_CAPACITY * WORDS);
  /** Open addressing: numbers of users at the places that their ids hash to, at most half of them taken. */
  private places = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);
  private readonly otherIds = new Map<number, string>();
  private readonly otherNumbers = new Map<string, number>();
  private readonly key = new Uint32Array(WORDS);
  /** The number of the UUID that was looked for last. */
  private last = EMPTY;
  /** The character codes of a UUID, with its dashes. */
  private readonly codes = new Array<number>(UUID_LENGTH).fill(DASH);

  get size(): number {
    return this.count;
  }

  /** The number of an id, or undefined where it has none. */
  find(userId: string): number | undefined {
    if (!this.parse(userId)) return this.otherNumbers.get(userId);
    if (this.isNext()) return ++this.last;
    const found = this.places[this.seekKey()] ?? EMPTY;
    if (found === EMPTY) return undefined;
    this.last = found;
    return found;
  }

  /** The number of an id, a new one where it has none. */
  add(userId: string): number {
    if (!this.parse(userId)) return this.addOther(userId);
    if (this.isNext()) return ++this.last;
    const place = this.seekKey();
    const known = this.places[place] ?? EMPTY;
    if (known !== EMPTY) {
      this.last = known;
      return known;
    }
    const number = this.count++;
    this.last = number;
    this.places[place] = number;
    if (this.count * WORDS > this.words.length) this.growWords();
    for (let word = 0; word < WORDS; word++) this.words[number * WORDS + word] = this.key[word] ?? 0;
    if (this.count * 2 > this.places.length) this.growPlaces();
    return number;
  }

  private addOther(userId: string): number {
    const known = this.otherNumbers.get(userId);
    if (known !== undefined) return known;
    const number = this.count++;
    if (this.count * WORDS > this.words.length) this.growWords();
    this.otherIds.set(number, userId);
    this.otherNumbers.set(userId, number);
    return number;
  }

  /** The id of a number that `add` gave out. */
  idOf(number: number): string {
    const other = this.otherIds.get(number);
    if (other !== undefined) return other;
    const { codes, words } = this;
    for (let word = 0; word < WORDS; word++) {
      const value = words[number * WORDS + word] ?? 0;
      writeFour(codes, FOURS[2 * word] ?? 0, value >>> 16);
      writeFour(codes, FOURS[2 * word + 1] ?? 0, value);
    }
    return String.fromCharCode(...codes);
  }

  /**
   * Leaves the words of a UUID in `key`; false where the id is none. Character by character, because every user is looked for
   * several times, and patterns and pieces of text take ten times as long.
   */
  private parse(userId: string): boolean {
    if (userId.length !== UUID_LENGTH) return false;
    // Negative as soon as one of the values is.
    let all = 0;
    for (let word = 0; word < WORDS; word++) {
      const high = readFour(userId, FOURS[2 * word] ?? 0);
      const low = readFour(userId, FOURS[2 * word + 1] ?? 0);
      all |= high | low;
      this.key[word] = (high << 16) | low;
    }
    return (
      all >= 0 &&
      userId.charCodeAt(8) === DASH &&
      userId.charCodeAt(13) === DASH &&
      userId.charCodeAt(18) === DASH &&
      userId.charCodeAt(23) === DASH
    );
  }

  /**
   * Whether the UUID in `key` is the one after the last. Lists of users repeat their order, so this saves most searches. An id that is
   * kept as text has no words of its own there.
   */
  private isNext(): boolean {
    const next = this.last + 1;
    return next < this.count && this.isKeyAt(next) && !this.otherIds.has(next);
  }

  private isKeyAt(number: number): boolean {
    const { key, words } = this;
    const from = number * WORDS;
    return (
      words[from] === key[0] && words[from + 1] === key[1] && words[from + 2] === key[2] && words[from + 3] === key[3]
    );
  }

  /** The place where the UUID in `key` is, or the free one where it belongs. */
  private seekKey(): number {
    const { key, places } = this;
    const mask = places.length - 1;
    for (let place = hash(key, 0) & mask; ; place = (place + 1) & mask) {
      const number = places[place] ?? EMPTY;
      if (number === EMPTY || this.isKeyAt(number)) return place;
    }
  }

  private growWords(): void {
    const old = this.words;
    this.words = new Uint32Array(old.length * 2);
    this.words.set(old);
  }

  private growPlaces(): void {
    this.places = new Int32Array(this.places.length * 2).fill(EMPTY);
    const { words, places, otherIds } = this;
    const mask = places.length - 1;
    for (let number = 0; number < this.count; number++) {
      if (otherIds.has(number)) continue;
      let place = hash(words, number * WORDS) & mask;
      while (places[place] !== EMPTY) place = (place + 1) & mask;
      places[place] = number;
    }
  }
}

/** The value of the four hex digits from there on; negative where one of them is none. */
function readFour(text: string, from: number): number {
  return (
    (valueAt(text, from) << 12) |
    (valueAt(text, from + 1) << 8) |
    (valueAt(text, from + 2) << 4) |
    valueAt(text, from + 3)
  );
}

function valueAt(text: string, place: number): number {
  return VALUES[text.charCodeAt(place)] ?? NO_DIGIT;
}

/** Writes the character codes of the lowest four hex digits of a value. */
function writeFour(codes: number[], from: number, value: number): void {
  for (let digit = 0; digit < 4; digit++) codes[from + digit] = CODES[(value >>> (12 - 4 * digit)) & 0xf] ?? DASH;
}

/** The hash of a UUID whose words begin there. */
function hash(words: Uint32Array, from: number): number {
  // Ids that are counted up differ in few bits; the multiplications spread them.
  let mixed = 0;
  for (let word = 0; word < WORDS; word++) {
    mixed = Math.imul(mixed ^ (words[from + word] ?? 0), 0x9e3779b1) ^ (mixed >>> 15);
  }
  return mixed ^ (mixed >>> 13);
}
