/** Assumed: ids are lower-case UUIDs, as in all samples (docs.journeyapps.com, Backend API). */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
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

  get size(): number {
    return this.count;
  }

  /** The number of an id, or undefined where it has none. */
  find(userId: string): number | undefined {
    if (!UUID.test(userId)) return this.otherNumbers.get(userId);
    const found = this.places[this.seek(userId)] ?? EMPTY;
    return found === EMPTY ? undefined : found;
  }

  /** The number of an id, a new one where it has none. */
  add(userId: string): number {
    const known = this.find(userId);
    if (known !== undefined) return known;
    const number = this.count++;
    if (this.count * WORDS > this.words.length) this.grow();
    if (UUID.test(userId)) {
      this.places[this.seek(userId)] = number;
      this.words.set(this.key, number * WORDS);
    } else {
      this.otherIds.set(number, userId);
      this.otherNumbers.set(userId, number);
    }
    return number;
  }

  /** The id of a number that `add` gave out. */
  idOf(number: number): string {
    const other = this.otherIds.get(number);
    if (other !== undefined) return other;
    let hex = '';
    for (let word = 0; word < WORDS; word++) {
      hex += (this.words[number * WORDS + word] ?? 0).toString(16).padStart(8, '0');
    }
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** The place where a UUID is, or the free one where it belongs; leaves its words in `key`. */
  private seek(uuid: string): number {
    const { key } = this;
    key[0] = parseInt(uuid.slice(0, 8), 16);
    key[1] = parseInt(uuid.slice(9, 13) + uuid.slice(14, 18), 16);
    key[2] = parseInt(uuid.slice(19, 23) + uuid.slice(24, 28), 16);
    key[3] = parseInt(uuid.slice(28), 16);
    return this.seekKey();
  }

  private seekKey(): number {
    const { key, words, places } = this;
    const mask = places.length - 1;
    // Ids that are counted up differ in few bits; the multiplications spread them.
    let hash = 0;
    for (const word of key) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
    for (let place = (hash ^ (hash >>> 13)) & mask; ; place = (place + 1) & mask) {
      const number = places[place] ?? EMPTY;
      if (number === EMPTY) return place;
      const from = number * WORDS;
      if (
        words[from] === key[0] &&
        words[from + 1] === key[1] &&
        words[from + 2] === key[2] &&
        words[from + 3] === key[3]
      )
        return place;
    }
  }

  private grow(): void {
    const old = this.words;
    this.words = new Uint32Array(old.length * 2);
    this.words.set(old);
    this.places = new Int32Array(this.places.length * 2).fill(EMPTY);
    for (let number = 0; number < this.count - 1; number++) {
      if (this.otherIds.has(number)) continue;
      this.key.set(this.words.subarray(number * WORDS, (number + 1) * WORDS));
      this.places[this.seekKey()] = number;
    }
  }
}
