import type { OutcomeCounts, PlanCounts } from './outcomes';
import type { Action } from './vocabulary';

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
  readonly locked?: number;
  readonly unlocked?: number;
  readonly reauthenticated?: number;
}

/** What the outcomes of an action are called, in reports and in sentences. */
export interface ActionWords {
  /** Name of the count of users who were brought there. */
  readonly done: 'locked' | 'unlocked' | 'reauthenticated';
  /** Name of the count of users who were there before. */
  readonly already: 'alreadyLocked' | 'alreadyUnlocked' | 'alreadySignedOut';
  /** Name of the count of users whom the goal leaves alone, where the action has such goals. */
  readonly spared?: 'notEnrolled' | 'lockedAgain';
  /** `12 already locked`. */
  readonly alreadyText: string;
  readonly sparedText?: string;
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
export const ACTION_WORDS: Readonly<Record<Action, ActionWords>> = {
  lock: {
    done: 'locked',
    already: 'alreadyLocked',
    spared: 'notEnrolled',
    alreadyText: 'already locked',
    sparedText: 'not in the app',
    participle: 'locked',
    verb: 'lock',
    keepsData: true,
    missing: 'still unlocked'
  },
  unlock: {
    done: 'unlocked',
    already: 'alreadyUnlocked',
    spared: 'lockedAgain',
    alreadyText: 'already unlocked',
    sparedText: 'locked again since',
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

/**
 * The counts under the names that they have for the action.
 *
 * @param isSelective whether the goal may leave users alone; the count of those is left out where it cannot
 */
export function nameCounts(action: Action, counts: PlanCounts & OutcomeCounts, isSelective: boolean): Counts {
  const words = ACTION_WORDS[action];
  const { selected, protected: protectedUsers, excluded, already, spared, planned } = counts;
  const { done, failed, unconfirmed, notAttempted } = counts;
  return {
    selected,
    protected: protectedUsers,
    excluded,
    [words.already]: already,
    ...(isSelective && words.spared !== undefined && { [words.spared]: spared }),
    planned,
    [words.done]: done,
    failed,
    unconfirmed,
    notAttempted
  };
}
