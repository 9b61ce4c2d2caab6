import type { Selection } from '../input/where';
import type { SessionLedger } from '../users/SessionLedger';
import type { WhoIsOut } from '../users/WhoIsOut';
import type { Reason, UserState } from '../users/UserState';
import type { ActionName } from './ActionLabels';

/** The state that a run wants its users in, and which of them it leaves alone. */
export interface Goal {
  readonly action: ActionName;
  /**
   * What becomes of a selected user that the users API does not list: `send`, for the platform to decide; `fail`, because
   * nothing can be sent; or `skip`, because they are no longer there.
   */
  readonly whenNotListed: 'send' | 'fail' | 'skip';
  /** Why a user failed that is not in the goal state although the platform answered success. */
  readonly notReached: Reason;
  /**
   * Whether to send a user twice may do harm, so that one whom an earlier invocation has sent is looked at with patience first. Default
   * false.
   */
  readonly looksBeforeRepeating?: boolean;
  isMet(user: UserState): boolean;
  /** Why a user that is not in the goal state is left alone; undefined where they are not. */
  findSkipReason(user: UserState): Reason | undefined;
  /**
   * Why a user that was sent and is not in the goal state is not sent again; undefined where they are.
   *
   * @param wasAnswered whether the platform answered success
   */
  givesUp(user: UserState, wasAnswered: boolean): Reason | undefined;
  /** Why a user that is not selected is not in the goal state; for goals whose report says so. */
  explainOther?(userId: string): Reason;
}

/** A goal, and the users that it is about. */
export interface ResolvedGoal {
  readonly goal: Goal;
  readonly selection: Selection;
  /** From when on the users API shows what the goal rests on, by the wall clock. Default: it does. */
  readonly settledAtMs?: number;
  /** With `reauthenticate`: which sessions are to be signed out. */
  readonly sessions?: SessionLedger;
  /** With `status`: what the users API has shown of each user. */
  readonly whoIsOut?: WhoIsOut;
  /** With `status` of a run: its id. */
  readonly ofRun?: string;
  /** Takes back what was written down for the goal, where the run has changed nobody. Rejects where it cannot be written. */
  withdraw?(): Promise<void>;
}
