import { PlannedUsers } from './PlannedUsers';
import { DONE_EARLIER, isDoneEarlier, placeOf, SELECTED, SENT_RECENTLY, TOUCHED, TOUCHED_EARLIER } from './user-states';

/** The planned users, and which of the known users earlier invocations of the run have brought to the goal state. */
export class EarlierUsers extends PlannedUsers {
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
}
