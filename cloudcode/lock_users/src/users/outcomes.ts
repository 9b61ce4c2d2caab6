import type { Reason } from './UserState';

/** Users of one kind that a report names; the rest is counted. Ours: a report has to stay a document. */
export const MAX_USERS_IN_REPORT = 10_000;

/** A planned user that is not known to be in the goal state, and why. */
export interface Failure extends Reason {
  readonly userId: string;
  /** The user's display text, where the report has it. */
  readonly name?: string;
  readonly outcome: 'failed' | 'unconfirmed';
}

/** A user that was left alone, and why. */
export interface SkippedUser extends Reason {
  readonly userId: string;
  /** The user's display text, where the report has it. */
  readonly name?: string;
}

/** How many users are selected, and why they are or are not planned. The rest adds up to `selected`. */
export interface PlanCounts {
  readonly selected: number;
  readonly protected: number;
  readonly excluded: number;
  /** Users that were in the goal state before anything was sent. */
  readonly already: number;
  /** Users that the goal itself leaves alone. */
  readonly skipped: number;
  /** Users that the users API does not list, where the goal takes that for gone. */
  readonly gone: number;
  readonly planned: number;
}

/**
 * What is known of one user that was planned. `shown`: the users API has shown them in the goal state since; `already`: somebody
 * else has brought them there; `done`: the answer says so.
 */
export type Finding = 'shown' | 'already' | keyof OutcomeCounts;

/** How many planned users ended in which outcome; the four add up to the planned users. */
export interface OutcomeCounts {
  /** Users that are in the goal state. */
  readonly done: number;
  readonly failed: number;
  readonly unconfirmed: number;
  readonly notAttempted: number;
}
