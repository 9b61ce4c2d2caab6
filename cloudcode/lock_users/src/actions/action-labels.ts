import type { Goal } from './Goal';
import type { OutcomeCounts, PlanCounts } from '../users/outcomes';
import type { Action } from '../vocabulary';

/** The counts of a report and of a run's record, under the names that they have for the run's action. */
export interface Counts
  extends Pick<PlanCounts, 'selected' | 'protected' | 'excluded' | 'planned'>, Omit<OutcomeCounts, 'done'> {
  readonly alreadyLocked?: number;
  readonly alreadyUnlocked?: number;
  /** Users without a session that the run would have to sign out. */
  readonly alreadySignedOut?: number;
  /** Users left alone by `onlyEnrolled`, because they are not in the app. */
  readonly notEnrolled?: number;
  /** Users whom the run that is undone locked, and somebody else has locked again since. */
  readonly lockedAgain?: number;
  /** Users whom the run that is undone locked, and whom the users API no longer shows. */
  readonly notShown?: number;
  readonly locked?: number;
  readonly unlocked?: number;
  readonly reauthenticated?: number;
}

/** What the outcomes of an action are called, in reports and in sentences. */
export interface ActionLabels {
  /** Name of the count of users who were brought there. */
  readonly done: 'locked' | 'unlocked' | 'reauthenticated';
  /** Name of the count of users who were there before. */
  readonly already: 'alreadyLocked' | 'alreadyUnlocked' | 'alreadySignedOut';
  /** `12 already locked`. */
  readonly alreadyText: string;
  /** `185 users would be locked`. */
  readonly participle: string;
  /** `lock 185 users`. */
  readonly verb: string;
  /** Whether it is worth saying that the data on the devices is kept. */
  readonly keepsData: boolean;
  /** `3 users are still unlocked`. */
  readonly missing: string;
}

/** The words of each action. */
export const ACTION_LABELS: Readonly<Record<Action, ActionLabels>> = {
  lock: {
    done: 'locked',
    already: 'alreadyLocked',
    alreadyText: 'already locked',
    participle: 'locked',
    verb: 'lock',
    keepsData: true,
    missing: 'still unlocked'
  },
  unlock: {
    done: 'unlocked',
    already: 'alreadyUnlocked',
    alreadyText: 'already unlocked',
    participle: 'unlocked',
    verb: 'unlock',
    keepsData: false,
    missing: 'still locked'
  },
  reauthenticate: {
    done: 'reauthenticated',
    already: 'alreadySignedOut',
    alreadyText: 'already signed out',
    participle: 'signed out',
    verb: 'sign out',
    keepsData: true,
    missing: 'still signed in'
  }
};

/** The counts under the names that they have for the goal's action; those that the goal does not have are left out. */
export function nameCounts(
  { action, skippedCount: sparedName, whenNotListed }: Pick<Goal, 'action' | 'skippedCount' | 'whenNotListed'>,
  counts: PlanCounts & OutcomeCounts
): Counts {
  const words = ACTION_LABELS[action];
  const { selected, protected: protectedUsers, excluded, already, skipped, gone, planned } = counts;
  const { done, failed, unconfirmed, notAttempted } = counts;
  return {
    selected,
    protected: protectedUsers,
    excluded,
    [words.already]: already,
    ...(sparedName !== undefined && { [sparedName]: skipped }),
    ...(whenNotListed === 'skip' && { notShown: gone }),
    planned,
    [words.done]: done,
    failed,
    unconfirmed,
    notAttempted
  };
}
