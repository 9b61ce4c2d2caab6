import type { ErrorDetails } from '../errors';
import type { RunRecord } from '../records/RunRecord';
import type { ActiveRun } from '../run/ActiveRun';
import type { RunContext } from '../run/RunContext';
import type { UserQueue } from '../users/UserQueue';
import type { ResolvedGoal } from './Goal';

/** What is known of a run when its goal is resolved. */
export interface Beginning {
  /** The run's own record, if it has one. */
  readonly record: RunRecord | undefined;
  /** By how many milliseconds the backend's clock is ahead of ours. */
  readonly clockAheadMs: number;
}

/** One of the things that a run can bring about. */
export interface Action {
  /** Whether protected users are left alone: protection is against being put out, and must keep nobody out. */
  readonly respectsProtection: boolean;
  /**
   * The goal, and which users are selected; or why the run cannot go on.
   *
   * @throws LockUsersError where what it needs cannot be read
   */
  resolve(
    context: RunContext,
    beginning: Beginning
  ): Promise<ResolvedGoal | { readonly refusal: ErrorDetails }> | ResolvedGoal;
  /**
   * Sends the users of the queue until it is closed and empty or the run has to stop, and writes every result into the
   * roster. Users without a usable answer are unconfirmed there. Never throws.
   */
  apply(run: ActiveRun, queue: UserQueue): Promise<void>;
}
