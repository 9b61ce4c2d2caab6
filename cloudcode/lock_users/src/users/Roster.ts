import { InvariantError } from '../errors';
import type { NotDone } from '../records/RunRecord';
import type { OperationResult } from '../requests/match-results';
import { EarlierUsers } from './EarlierUsers';
import type { Failure, Finding, OutcomeCounts } from './outcomes';

import {
  ABSENT,
  CONFIRMED,
  DONE,
  DONE_EARLIER,
  FIRST_REFUSED,
  GONE,
  outcomeOf,
  PLANNED,
  REFUSED,
  RESULT,
  RESULT_FLAGS,
  SELECTED,
  SENT_RECENTLY,
  SHOWN,
  TOUCHED,
  TOUCHED_EARLIER,
  UNSENT,
  WAS_THERE
} from './user-states';
import { CACHED, NOT_SHOWN, OUT_OF_DATE, UNVERIFIED } from './unclear-reasons';
import { UserReasons } from './UserReasons';
import type { UserState } from './UserState';
import { NO_SUCH_USER, weighResult } from './weigh-result';

/**
 * The planned users and what became of them: at every moment each selected user is in exactly one place. A result of a request
 * is evidence; what the users API shows afterwards decides.
 */
export class Roster extends EarlierUsers {
  private readonly reasons = new UserReasons();
  /** Whether everybody was selected and shown. */
  isComplete = false;
  /** Whether the users API answers out of a cache. */
  isOutOfDate = false;
  /** Users that are not sent again, because the goal says so. */
  private readonly givenUp = new Set<number>();

  /**
   * Reading has ended: gives the selected users that were not listed their place, and returns those to send.
   *
   * @param isComplete whether everybody was read; only of whom the platform says so is it known that they are not there
   */
  planUnlisted(isComplete: boolean): number[] {
    this.isComplete = isComplete;
    const toSend: number[] = [];
    const { whenNotListed } = this.goal;
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & (SELECTED | SHOWN)) !== SELECTED) continue;
      if (!isComplete && (state & DONE_EARLIER) !== 0) {
        // What an earlier invocation has written down holds, as long as nothing shows the contrary.
        this.note(user, state | WAS_THERE, true);
        continue;
      }
      const isGone = isComplete && whenNotListed === 'skip' && (state & ABSENT) !== 0;
      if (this.note(user, isGone ? state | GONE : state, true) === undefined) continue;
      if ((state & ABSENT) !== 0) this.setResult(user, { kind: 'unsent', reason: NO_SUCH_USER });
      else if (whenNotListed === 'send') toSend.push(user);
      else if (isComplete) this.setResult(user, { kind: 'unknown', reason: NOT_SHOWN });
    }
    return toSend;
  }

  /** Writes down what came of sending a planned user; a later result replaces an earlier one. */
  setResult(user: number, result: OperationResult): void {
    const state = this.users.get(user);
    if ((state & PLANNED) === 0) throw new InvariantError(`user ${this.idOf(user)} was sent and not planned.`);
    const weighed = weighResult(state, result, this.isWhole);
    this.write(user, weighed.state & ~SENT_RECENTLY, weighed.result);
  }

  /** A reading shows a user after they were sent, and what it shows holds. */
  verify(shown: UserState): void {
    this.weighShown(this.markRead(shown.userId), shown);
  }

  /** The users API shows one user after they were sent, in no reading, and what it shows holds. */
  lookAt(shown: UserState): void {
    this.weighShown(this.users.add(shown.userId), shown);
  }

  private weighShown(user: number, shown: UserState): void {
    const state = this.users.get(user);
    // When a session of a user turned that was not listed before is unknown.
    if ((state & SHOWN) !== 0) this.resets.after(user, shown);
    if ((state & RESULT) === 0) {
      this.observeAgain(shown);
      return;
    }
    if ((state & UNSENT) !== 0) return;
    if (this.goal.isMet(shown)) {
      if ((state & (FIRST_REFUSED | TOUCHED)) === FIRST_REFUSED) this.setByOthers(user, state);
      else this.write(user, state | CONFIRMED, { kind: 'done' });
    } else if ((state & REFUSED) === 0) this.recheck(user, state & ~CONFIRMED, shown);
  }

  /** The users were read: whether the run changed a user that was not shown since is unknown. */
  endReading(): void {
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & (DONE | CONFIRMED)) === DONE) {
        this.write(user, state, { kind: 'unconfirmed', reason: NOT_SHOWN });
      }
    }
  }

  /** What is known of a planned user: they are in the goal state, by the answer alone or by a look; or what came of them. */
  findingOf(user: number): Finding {
    const state = this.users.get(user);
    if ((state & PLANNED) === 0) return 'already';
    if ((state & (DONE | CONFIRMED)) === (DONE | CONFIRMED)) return 'shown';
    return outcomeOf(state);
  }

  /** Planned users that were not sent yet. */
  listUnsent(): number[] {
    return this.listUsers((state) => (state & (PLANNED | RESULT)) === PLANNED);
  }

  /** The users API did not show users in the goal state any more when it was too late to send them. */
  setTooLate(users: readonly number[]): void {
    for (const user of users) this.setResult(user, { kind: 'unconfirmed', reason: OUT_OF_DATE });
  }

  /** Users that were sent and are not known to be in the goal state, but may be sooner or later. */
  listMissing(): number[] {
    return this.listUsers((state) => (state & RESULT & ~DONE) !== 0 && (state & UNSENT) === 0);
  }

  /** Whether users were not sent again yet, because an earlier invocation has just sent them. */
  get hasWaiting(): boolean {
    if (this.goal.looksBeforeRepeating !== true) return false;
    return this.listUsers((state) => (state & SENT_RECENTLY) !== 0 && outcomeOf(state) === 'unconfirmed').length > 0;
  }

  /** Whether a user was changed, or may have been. */
  isTouched(user: number): boolean {
    return (this.users.get(user) & TOUCHED) !== 0;
  }

  /** Whether a user may be sent again. */
  isToSendAgain(user: number): boolean {
    return (this.users.get(user) & REFUSED) === 0 && !this.givenUp.has(user);
  }

  countOutcomes(): OutcomeCounts {
    const counts = { done: 0, failed: 0, unconfirmed: 0, notAttempted: 0 };
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & PLANNED) !== 0) counts[outcomeOf(state)]++;
    }
    return counts;
  }

  /** Those of some planned users that are not known to be in the goal state, and why. */
  listNotDone(users: Iterable<number>): NotDone[] {
    const notDone: NotDone[] = [];
    for (const user of users) {
      const state = this.users.get(user);
      if ((state & PLANNED) === 0) {
        notDone.push({ userId: this.idOf(user), outcome: 'already' });
        continue;
      }
      const outcome = outcomeOf(state);
      if (outcome === 'done') {
        if (this.isProven(state)) continue;
        notDone.push({ userId: this.idOf(user), outcome: 'unconfirmed', ...UNVERIFIED });
        continue;
      }
      const name = outcome === 'notAttempted' ? 'not_attempted' : outcome;
      notDone.push({ userId: this.idOf(user), outcome: name, ...this.reasons.get(user) });
    }
    return notDone;
  }

  /** Users that failed or are unconfirmed, in the order in which they were first seen, `most` of them at most. */
  listFailures(most: number): Failure[] {
    const failures: Failure[] = [];
    for (let user = 0; user < this.users.size && failures.length < most; user++) {
      const reason = this.reasons.get(user);
      if (reason === undefined) continue;
      const outcome = outcomeOf(this.users.get(user)) === 'unconfirmed' ? 'unconfirmed' : 'failed';
      failures.push({ userId: this.idOf(user), outcome, ...reason });
    }
    return failures;
  }

  /** A user that was sent is not in the goal state. */
  private recheck(user: number, state: number, shown: UserState): void {
    const givenUp = this.goal.givesUp(shown, (state & DONE) !== 0);
    if (givenUp !== undefined) this.givenUp.add(user);
    const reason = givenUp ?? this.reasons.get(user) ?? this.goal.notReached;
    // Whoever was changed, or may have been, is not said to have failed because one look does not show it.
    this.write(user, state, { kind: (state & TOUCHED) !== 0 ? 'unconfirmed' : 'failed', reason });
  }

  /** Somebody else has brought the user to the goal state between the look and the request. */
  private setByOthers(user: number, state: number): void {
    this.reasons.delete(user);
    this.users.set(user, (state & ~(RESULT | PLANNED)) | WAS_THERE);
  }

  /** Whether a user that counts as done may count so in the record: an unlock only when a look has shown it. */
  private isProven(state: number): boolean {
    return this.goal.action !== 'unlock' || (state & CONFIRMED) !== 0;
  }

  /** As every user is noted; but whom an earlier invocation has just sent may have to be looked at before they are sent again. */
  protected override note(user: number, state: number, isComplete: boolean): number | undefined {
    const planned = super.note(user, state, isComplete);
    const isRecent = (state & SENT_RECENTLY) !== 0;
    // Out of a cache nobody can be seen to be as before, rather than to have come back since.
    const mayBeSent = !this.isWhole || (state & (DONE_EARLIER | TOUCHED_EARLIER)) !== 0;
    const isUnclear = this.isOutOfDate && mayBeSent;
    if (planned === undefined || !(isRecent || isUnclear) || this.goal.looksBeforeRepeating !== true) return planned;
    const reason = isRecent ? this.goal.notReached : CACHED;
    // An earlier invocation may have changed them, so no later look makes them failed.
    this.write(user, this.users.get(user) | TOUCHED, { kind: 'unconfirmed', reason });
    return undefined;
  }

  private write(user: number, state: number, result: OperationResult): void {
    if (result.kind === 'done') this.reasons.delete(user);
    else this.reasons.set(user, result.reason);
    this.users.set(user, (state & ~(RESULT | UNSENT)) | RESULT_FLAGS[result.kind]);
  }
}
