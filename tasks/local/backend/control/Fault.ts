/** Which requests a fault hits: all of its route, those at some positions, or a share of them drawn by the seed. */
export interface FaultScope {
  /** Method and path below the base address, such as `POST batch.json` or `POST users/:any/lock`. Default: every request. */
  readonly route?: string;
  /** True: only batches with at least one lock, not those by which `DB` saves. Default: false. */
  readonly locks?: boolean;
  /** Positions among the requests of the route since the script was set, counting from 1. */
  readonly at?: readonly number[];
  /** Share of the requests, 0 to 1, drawn by the script's seed. */
  readonly share?: number;
}

/** What goes wrong with a request. */
export type FaultKind =
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
  /** Carried out and answered so much later. Adds to any other fault. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is dropped, before the request is carried out or after. */
  | { readonly kind: 'drop'; readonly applied: boolean }
  /** Carried out; half of the JSON is answered. */
  | { readonly kind: 'truncate' }
  /** Carried out; answered with 200 and text that is not valid JSON. */
  | { readonly kind: 'no-json' }
  /** A batch is carried out and the last result is missing. */
  | { readonly kind: 'short' }
  /** A batch is carried out and the results come in reverse order. */
  | { readonly kind: 'reorder' }
  /** This share of a batch's operations fails, drawn by the seed. */
  | { readonly kind: 'fail-operations'; readonly operations: number }
  /** A batch with an operation for one of these users is refused as a whole, and a request that changes one of them alone. */
  | { readonly kind: 'poison'; readonly userIds: readonly string[]; readonly status: 400 | 413 | 422 };

export type Fault = FaultScope & FaultKind;

/** Faults, the first that hits a request wins, and the seed of all chance in them. */
export interface FaultScript {
  /** Default 1. */
  readonly seed?: number;
  readonly faults: readonly Fault[];
}
