import type { ErrorDetails } from '../errors';

/** Requests of a run as they are made, by what they are for, and what became of them. */
export interface RequestTally {
  info: number;
  database: number;
  users: number;
  batch: number;
  /** Requests that change one user or one session. */
  single: number;
  record: number;
  /** Those that repeat one that failed, whole or in part. */
  retried: number;
  /** Those that were answered with 429. */
  rateLimited: number;
}

/** The tally of a run that has made no request yet. */
export function startTally(): RequestTally {
  return { info: 0, database: 0, users: 0, batch: 0, single: 0, record: 0, retried: 0, rateLimited: 0 };
}

/** What a request is for. */
export type RequestKind = 'info' | 'database' | 'users' | 'batch' | 'single' | 'record';

/** A request to be made. */
export interface RequestToSend<T> {
  readonly kind: RequestKind;
  /** Operations of a batch; 1 for a request about one user; 0 for all else. */
  readonly operations: number;
  /** Attempts that it has had as part of a larger batch. */
  readonly attemptsBefore: number;
  /** Items of a page that is read, where it can be read in smaller pages. */
  readonly pageSize?: number | undefined;
  /** Whether such a larger batch may have been carried out. Default false. */
  readonly mayHaveChanged?: boolean;
  /** Whether the run can do nothing without its answer, so that a fault that passes is waited for. Default false. */
  readonly isEssential?: boolean;
  /** Whether it goes before all that wait for their turn, because they wait for it. Default false. */
  readonly isAhead?: boolean;
  readonly attempt: (timeoutMs: number) => Promise<T>;
  /**
   * Looks, before the request is sent again, whether an attempt without an answer was carried out. Resolves to the answer that
   * it would have had, or to undefined where it was not carried out; rejects where nobody can tell, and it is abandoned then.
   * Default: it is sent again without a look.
   */
  readonly findEffect?: () => Promise<T | undefined>;
}

/**
 * What came of a request: its answer; or it is to be sent in halves, which have had `attempts` and may have been carried
 * out in one of them; or the platform refuses its one operation; or it failed, and no attempt can have been carried out; or it was
 * abandoned, and one may have been; or it was never let in, so that it has changed nothing.
 */
export type SendResult<T> =
  /** `mayHaveChanged`: an earlier attempt may have been carried out, which an answer to this one may take for an error. */
  | { readonly kind: 'answered'; readonly answer: T; readonly mayHaveChanged: boolean }
  | {
      readonly kind: 'split';
      readonly error: ErrorDetails;
      readonly attempts: number;
      readonly mayHaveChanged: boolean;
    }
  | { readonly kind: 'refused' | 'failed' | 'abandoned' | 'not sent'; readonly error: ErrorDetails };
