import type { NoProgress } from '../query/ReadView';

/** Which requests a fault hits: all of its route, those at some positions, or a share of them drawn by the seed. */
export interface FaultScope {
  /** Method and path below the base address, such as `POST batch.json` or `POST users/:any/lock`. Default: every request. */
  readonly route?: string;
  /** True: only batches with at least one lock, not those by which `DB` saves. Default: false. */
  readonly locks?: boolean;
  /** Positions among the requests of the route since the script was set, counting from 1. */
  readonly at?: readonly number[];
  /** Only from this position on. */
  readonly from?: number;
  /** Share of the requests, 0 to 1, drawn by the script's seed. */
  readonly share?: number;
  /** Only for so long after the script was set, in milliseconds. */
  readonly forMs?: number;
}

/** What goes wrong with a request. */
export type FaultKind = DelayFault | AnswerFault | ReadFault | ChangeFault;

/** Carried out and answered so much later. Adds to any other fault. */
export interface DelayFault {
  readonly kind: 'delay';
  readonly ms: number;
}

/** The request gets another answer. Of these, the first that hits a request wins. */
export type AnswerFault =
  /** Answered with a status instead. `applied`: carried out all the same, as behind a gateway. Default false. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: 'json' | 'html' | 'empty';
      readonly applied?: boolean;
      /** Seconds of a `Retry-After` header; a fraction is sent as it is. Default: no header. */
      readonly retryAfter?: number;
      /** Whether the header has seconds or a date. Default seconds. */
      readonly retryAfterAs?: 'seconds' | 'date';
    }
  /** The connection is dropped, before the request is carried out or after. */
  | { readonly kind: 'drop'; readonly applied: boolean }
  /** Carried out; half of the JSON is answered. */
  | { readonly kind: 'truncate' }
  /** Carried out; answered with 200 and text that is not valid JSON. */
  | { readonly kind: 'no-json' }
  /** Answered with 200 and an error: the JSON object of an API error, or a gateway's page in HTML. */
  | { readonly kind: 'error-body'; readonly body: 'json' | 'html'; readonly applied: boolean }
  /** A batch is carried out and the last result is missing. */
  | { readonly kind: 'short' }
  /** A batch is carried out and the results come in reverse order. */
  | { readonly kind: 'reorder' }
  /** This share of a batch's operations fails, drawn by the seed. */
  | {
      readonly kind: 'fail-operations';
      readonly operations: number;
      /** The `type` of their errors. Default `INTERNAL_SERVER_ERROR`. */
      readonly type?: string;
      /** Whether they are carried out all the same. Default false. */
      readonly applied?: boolean;
      /** At most so many failures for each user. Default: no limit. */
      readonly timesEach?: number;
    }
  /** A batch with an operation for one of these users is refused as a whole, and a request that changes one of them alone. */
  | { readonly kind: 'poison'; readonly userIds: readonly string[]; readonly status: 400 | 413 | 422 }
  /**
   * A list whose `limit` is above `rows`, or that names none, is answered with a status: too heavy (413, 502, 504) or refused
   * (400, 422). `time-out`: it is answered two minutes later.
   */
  | {
      readonly kind: 'heavy-page';
      readonly rows: number;
      readonly answer: 'time-out' | 400 | 413 | 422 | 502 | 504;
    }
  /**
   * A `GET` that was answered with 2xx is answered so again for `ms`, with `Age` and with the `Date` of the first time.
   * `heedsNoCache`: not where the request says `Cache-Control: no-cache`. Default false.
   */
  | { readonly kind: 'cache'; readonly ms: number; readonly heedsNoCache?: boolean };

/** A read shows something else than what is so now. All that hit a read take effect; other requests do not count. */
export type ReadFault =
  /** It shows the state as it was so long ago. */
  | { readonly kind: 'read-lag'; readonly ms: number }
  /** The page of a list is cut out of another order, drawn anew for each page. `once`: one other order for all pages. */
  | { readonly kind: 'other-order'; readonly once?: boolean }
  /** The pages of a list make no progress. */
  | { readonly kind: 'no-progress'; readonly how: NoProgress }
  /** The users API shows these users in a form that no client expects. */
  | { readonly kind: 'malformed-users'; readonly userIds: readonly string[]; readonly how: Malformation }
  /** The `Date` of the answer is so long ago; a negative number: ahead. `age`: the header `Age` says so. Default false. */
  | { readonly kind: 'stale-date'; readonly ms: number; readonly age?: boolean };

/**
 * The users API shows `locked` or `sessions` as null or not at all, another id (`..`, empty text, one with a slash, a number),
 * the user twice in a list, or null in the user's place.
 */
export const MALFORMATIONS = [
  'locked-null',
  'locked-missing',
  'sessions-null',
  'sessions-missing',
  'id-dots',
  'id-empty',
  'id-slash',
  'id-number',
  'twice',
  'null'
] as const;
export type Malformation = (typeof MALFORMATIONS)[number];

/**
 * Somebody else changes users directly before the request is carried out, or after. All that hit take effect. Who is not there
 * cannot be changed, who is there cannot be created.
 */
export interface ChangeFault {
  readonly kind: 'change-users';
  readonly change: 'create' | 'delete' | 'lock' | 'unlock';
  readonly userIds: readonly string[];
  readonly when: 'before' | 'after';
}

export type Fault = FaultScope & FaultKind;

/** Faults, and the seed of all chance in them. */
export interface FaultScript {
  /** Default 1. */
  readonly seed?: number;
  readonly faults: readonly Fault[];
}
