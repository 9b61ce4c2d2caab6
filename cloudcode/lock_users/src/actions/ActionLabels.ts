/**
 * What a run brings about for the selected users: they are locked; they are unlocked; or every session that was in the app
 * when the run began is signed out, and nobody is locked. `status` brings nothing about: it only looks who is out.
 */
export type ActionName = 'lock' | 'unlock' | 'reauthenticate' | 'status';

/** Whether an action changes nobody: it needs no record, no lease and no limit, and a deployment need not be armed for it. */
export function isReading(action: ActionName): boolean {
  return action === 'status';
}

/** What an action and its outcomes are called, in reports and in sentences. */
export interface ActionLabels {
  /** Name of the count of users that were brought to the goal state. */
  readonly done: 'locked' | 'unlocked' | 'reauthenticated';
  /** Name of the count of users that were in it before. */
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

/** The labels of each action. */
export const ACTION_LABELS: Readonly<Record<ActionName, ActionLabels>> = {
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
  },
  status: {
    done: 'unlocked',
    already: 'alreadyUnlocked',
    alreadyText: 'unlocked',
    participle: 'looked at',
    verb: 'look at',
    keepsData: true,
    missing: 'not shown'
  }
};
