/** A date without a time, as the vendor's library reads fields of the type `date`. */
export class Day {
  readonly #startMs: number;

  /** @param value text that starts with `YYYY-MM-DD`; or a Date, of which the day in this machine's time zone is taken */
  constructor(value: string | Date) {
    const ms =
      typeof value === 'string'
        ? Date.parse(`${/^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] ?? 'none'}T00:00Z`)
        : Date.UTC(value.getFullYear(), value.getMonth(), value.getDate());
    if (Number.isNaN(ms)) throw new Error(`${String(value)} is no day.`);
    this.#startMs = ms;
  }

  getYear(): number {
    return this.toDate().getUTCFullYear();
  }

  /** From 0, as that of a Date. */
  getMonth(): number {
    return this.toDate().getUTCMonth();
  }

  getDay(): number {
    return this.toDate().getUTCDate();
  }

  /** Midnight in UTC. */
  toDate(): Date {
    return new Date(this.#startMs);
  }

  /** `YYYY-MM-DD`. */
  toISOString(): string {
    return this.toDate().toISOString().slice(0, 'YYYY-MM-DD'.length);
  }

  toString(): string {
    return this.toISOString();
  }

  toJSON(): string {
    return this.toISOString();
  }

  valueOf(): number {
    return this.#startMs;
  }
}
