import type { LockHistory } from '../records/LockHistory';
import type { SessionLedger } from '../users/SessionLedger';
import type { Action, Reason, UserState } from '../vocabulary';

/** Where a run wants its users, and which of them it leaves alone. */
export interface Goal {
  readonly action: Action;
  /** Name of the count of those whom `spares` leaves alone; undefined where it never does. */
  readonly skippedCount?: 'notEnrolled' | 'lockedAgain';
  /**
   * What becomes of a selected user whom the users API does not show: `sent`, for the platform to decide; `failed`, because
   * nothing can be sent; or `left`, because they are no longer there.
   */
  readonly whenNotListed: 'send' | 'fail' | 'skip';
  /** Why a user failed who is not there although the platform answered success. */
  readonly notReached: Reason;
  isMet(user: UserState): boolean;
  /** Why a user who is not there is left alone; undefined where they are not. */
  findSkipReason(user: UserState): Reason | undefined;
  /**
   * Why a user who was sent and is not there is not sent again; undefined where they are.
   *
   * @param wasAnswered whether the platform answered success
   */
  givesUp(user: UserState, wasAnswered: boolean): Reason | undefined;
  /** Why a user who is not selected is not where the run wants its users; for goals whose report tells it. */
  explainOther?(userId: string): Reason;
}

const NOT_ENROLLED: Reason = { type: 'NOT_ENROLLED', detail: 'The user is not in the app.' };

const NOT_UNLOCKED: Reason = {
  type: 'NOT_UNLOCKED',
  detail: 'The platform answered success, but the users API shows the user locked.'
};

/** The users are locked. @param onlyEnrolled leaves those alone who are not in the app */
export function lockGoal(onlyEnrolled: boolean): Goal {
  return {
    action: 'lock',
    ...(onlyEnrolled && { skippedCount: 'notEnrolled' as const }),
    // Nobody knows whether a user who is not shown is in the app.
    whenNotListed: onlyEnrolled ? 'fail' : 'send',
    notReached: {
      type: 'NOT_LOCKED',
      detail: 'The batch answered success, but the users API shows the user unlocked.'
    },
    isMet: ({ locked }) => locked,
    findSkipReason: ({ enrolled }) => (onlyEnrolled && !enrolled ? NOT_ENROLLED : undefined),
    givesUp: () => undefined
  };
}

/** The users are unlocked, whoever locked them. */
export function unlockGoal(): Goal {
  return {
    action: 'unlock',
    whenNotListed: 'send',
    notReached: NOT_UNLOCKED,
    isMet: ({ locked }) => !locked,
    findSkipReason: () => undefined,
    givesUp: () => undefined
  };
}

/**
 * The users whom one run locked are unlocked, except those whom somebody else has locked since.
 *
 * A user who is locked although the platform answered success is not sent again: somebody may have locked them just then.
 */
export function undoGoal(trail: LockHistory): Goal {
  return {
    ...unlockGoal(),
    skippedCount: 'lockedAgain',
    whenNotListed: 'skip',
    explainOther: (userId) => trail.explainOther(userId),
    findSkipReason: (user) => trail.findLaterLock(user),
    givesUp: (user, wasAnswered) => trail.findLaterLock(user) ?? (wasAnswered ? NOT_UNLOCKED : undefined)
  };
}

/** Every session that was in the app when the run began is signed out; the ledger remembers which those are. */
export function reauthenticateGoal(ledger: SessionLedger): Goal {
  return {
    action: 'reauthenticate',
    whenNotListed: 'fail',
    notReached: {
      type: 'NOT_SIGNED_OUT',
      detail: 'The platform answered success, but the users API shows a session that is still signed in.'
    },
    isMet: (user) => ledger.see(user),
    findSkipReason: () => undefined,
    givesUp: () => undefined
  };
}
