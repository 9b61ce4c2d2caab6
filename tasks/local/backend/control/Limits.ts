/** How many requests a deployment takes, and what its client has announced of itself. */
export interface Limits {
  /** Whether requests over the limit are answered with 429. Default true. */
  readonly enforced: boolean;
  /** Requests per second in the long run. Default 20, quoted once by the vendor's staff (forum thread 668). */
  readonly rate: number;
  /** Requests that a rested deployment takes at once. Default 1200, from the same source. */
  readonly burst: number;
  /**
   * Batches of locks, and requests that change one user or one session, that the client says it has in flight at most; null:
   * it has said nothing, and the rule about it does not hold.
   */
  readonly concurrency: number | null;
}

/** The limits of a new backend. */
export const DEFAULT_LIMITS: Limits = { enforced: true, rate: 20, burst: 1200, concurrency: null };

/**
 * The limits with the given ones changed.
 *
 * @throws Error naming what is wrong
 */
export function parseLimits(limits: Limits, given: Readonly<Record<string, unknown>>): Limits {
  for (const [name, value] of Object.entries(given)) {
    switch (name) {
      case 'enforced':
        if (typeof value !== 'boolean') throw new Error('"enforced" must be true or false.');
        break;
      case 'rate':
        if (!isNumberFrom(value, 0)) throw new Error('"rate" must be a number of at least 0.');
        break;
      case 'burst':
        if (!isNumberFrom(value, 1)) throw new Error('"burst" must be a number of at least 1.');
        break;
      case 'concurrency':
        if (value !== null && !(Number.isInteger(value) && isNumberFrom(value, 1))) {
          throw new Error('"concurrency" must be a whole number of at least 1, or null.');
        }
        break;
      default:
        throw new Error(`There is no limit "${name}". The limits are ${Object.keys(limits).join(', ')}.`);
    }
  }
  return { ...limits, ...given };
}

function isNumberFrom(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= least;
}
