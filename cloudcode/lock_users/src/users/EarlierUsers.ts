import type { Goal } from '../actions/Goal';
import { PlannedUsers } from './PlannedUsers';
import {
  DONE_EARLIER,
  ENROLLED,
  isDoneEarlier,
  placeOf,
  SELECTED,
  SENT_RECENTLY,
  SHOWN,
  TOUCHED,
  TOUCHED_EARLIER,
  wasSent
} from './user-states';

/** The planned users, and which of the known users the run has sent, in this invocation or in earlier ones. */
export class EarlierUsers extends PlannedUsers {
  /**
   * @param isWhole whether nobody was changed by an earlier invocation of the run, but those that `addEarlier` says
   * @param resetSinceMs from when on a session that was signed out and is `RESET` turned so during the run. Default: no time
   */
  constructor(
    goal: Goal,
    protectedIds: ReadonlySet<string>,
    excludedIds: ReadonlySet<string>,
    protected readonly isWhole = true,
    resetSinceMs = Infinity
  ) {
    super(goal, protectedIds, excludedIds, resetSinceMs);
  }

  /** An earlier invocation of the run has brought the user to the goal state, or may have. Returns the user. */
  addEarlier(userId: string, what: 'done' | 'maybe', isRecent = false): number {
    const user = this.users.add(userId);
    const flags = TOUCHED | (what === 'done' ? DONE_EARLIER : TOUCHED_EARLIER) | (isRecent ? SENT_RECENTLY : 0);
    this.users.set(user, this.users.get(user) | flags);
    return user;
  }

  /** How many users earlier invocations brought to the goal state, as far as it is known now, without those sent again. */
  countDoneEarlier(): number {
    return this.listUsers(isDoneEarlier).length;
  }

  /** How many of those are not selected any more. */
  countOutsideDoneEarlier(): number {
    return this.listUsers((state) => isDoneEarlier(state) && (state & SELECTED) === 0).length;
  }

  /** Whether no earlier invocation brought a user to the goal state, or may have. */
  get isNobodyTouchedEarlier(): boolean {
    return this.listUsers((state) => (state & (DONE_EARLIER | TOUCHED_EARLIER)) !== 0).length === 0;
  }

  /** Whether a user was in the goal state before this invocation sent anything. */
  isThere(user: number): boolean {
    return placeOf(this.users.get(user)) === 'already';
  }

  /** Whether it is decided if the run sends the user: they are selected, and were shown. */
  isDecided(userId: string): boolean {
    const state = this.users.get(this.users.find(userId) ?? -1);
    return (state & (SELECTED | SHOWN)) === (SELECTED | SHOWN);
  }

  /** Whether some session of the user was in the app at the first look. */
  isEnrolled(user: number): boolean {
    return (this.users.get(user) & ENROLLED) !== 0;
  }

  /** Sessions that were `RESET` when the run began, as far as this invocation can tell. */
  countResetBefore(): number {
    return this.resets.countBefore();
  }

  /** Ids of users with sessions that turned `RESET` during the run, and how many of them did. */
  listTurnedReset(): ReadonlyMap<string, number> {
    return new Map([...this.resets.turned].map(([user, count]) => [this.idOf(user), count]));
  }

  /** Those of them that the run had sent before. */
  listSentReset(): number[] {
    const { turned, turnedBeforeLook } = this.resets;
    return [...turned.keys()].filter(
      (user) => this.mayBeSentEarlier(user) || (!turnedBeforeLook.has(user) && wasSent(this.users.get(user)))
    );
  }

  /** More sessions are `RESET` than when the run began: of users that the run has sent, those that do not say since when turned so. */
  turnUndatedResets(most: number): void {
    this.resets.turnUndated(most, (user) => this.mayBeSentEarlier(user));
  }

  /** Whether an earlier invocation has sent the user, or may have where nobody knows whom it has sent. */
  private mayBeSentEarlier(user: number): boolean {
    const state = this.users.get(user);
    const isKnown = (state & (DONE_EARLIER | TOUCHED_EARLIER)) !== 0;
    return isKnown || (!this.isWhole && (state & SELECTED) !== 0 && placeOf(state) === 'already');
  }
}
