import type { LockTrail } from './LockTrail';
import { findDueSessions } from './SessionLedger';
import type { Action, Reason, UserState } from './vocabulary';

/** Where a run wants its users, and which of them it leaves alone. */
export interface Goal {
  readonly action: Action;
  /** Whether `spares` may ever leave somebody alone. */
  readonly isSelective: boolean;
  /** Whether a selected user may be sent whom the users API does not show. */
  readonly takesUnshown: boolean;
  /** Whether a user whom the platform claims to have brought there is sent again where the users API shows otherwise. */
  readonly repeatsAnswered: boolean;
  /** Why such a user failed. */
  readonly notReached: Reason;
  isMet(user: UserState): boolean;
  /** Why a user who is not there is left alone; undefined where they are not. */
  spares(user: UserState): Reason | undefined;
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
    isSelective: onlyEnrolled,
    takesUnshown: true,
    repeatsAnswered: true,
    notReached: {
      type: 'NOT_LOCKED',
      detail: 'The batch answered success, but the users API shows the user unlocked.'
    },
    isMet: ({ locked }) => locked,
    spares: ({ enrolled }) => (onlyEnrolled && !enrolled ? NOT_ENROLLED : undefined)
  };
}

/** The users are unlocked, whoever locked them. */
export function unlockGoal(): Goal {
  return {
    action: 'unlock',
    isSelective: false,
    takesUnshown: true,
    repeatsAnswered: true,
    notReached: NOT_UNLOCKED,
    isMet: ({ locked }) => !locked,
    spares: () => undefined
  };
}

/**
 * The users whom one run locked are unlocked, except those whom somebody else has locked since.
 *
 * A user who is locked although the platform answered success is not sent again: somebody may have locked them just then.
 * For the same reason nobody is sent whom the users API does not show.
 */
export function undoGoal(trail: LockTrail): Goal {
  return {
    ...unlockGoal(),
    isSelective: true,
    takesUnshown: false,
    repeatsAnswered: false,
    spares: (user) => trail.findLaterLock(user)
  };
}

/** Every session that was in the app when the run began is signed out. @param sinceMs when it began, on the clock */
export function reauthenticateGoal(sinceMs: number): Goal {
  return {
    action: 'reauthenticate',
    isSelective: false,
    takesUnshown: false,
    repeatsAnswered: true,
    notReached: {
      type: 'NOT_SIGNED_OUT',
      detail: 'The platform answered success, but the users API shows a session that is still signed in.'
    },
    isMet: (user) => findDueSessions(user, sinceMs).length === 0,
    spares: () => undefined
  };
}
