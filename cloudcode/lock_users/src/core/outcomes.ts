import type { Reason } from './vocabulary';

/** A planned user who is not known to be locked, and why. */
export interface Failure extends Reason {
  readonly userId: string;
  readonly outcome: 'failed' | 'unconfirmed';
}

/** How many users are selected, and why they are or are not planned. The rest adds up to `selected`. */
export interface PlanCounts {
  readonly selected: number;
  readonly protected: number;
  readonly excluded: number;
  readonly alreadyLocked: number;
  readonly planned: number;
}

/** How many planned users ended in which outcome; the four add up to the planned users. */
export interface OutcomeCounts {
  readonly locked: number;
  readonly failed: number;
  readonly unconfirmed: number;
  readonly notAttempted: number;
}
