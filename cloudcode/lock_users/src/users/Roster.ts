import type { Goal } from '../actions/Goal';
import { InvariantError } from '../errors';
import type { OperationResult } from '../requests/match-results';
import { MAX_USERS_IN_REPORT } from './outcomes';
import type { Failure, OutcomeCounts, PlanCounts, SkippedUser } from './outcomes';
import { ResetWatch } from './ResetWatch';
import type { NotDone } from '../records/RunRecord';
import {
  ABSENT,
  DONE,
  EXCLUDED,
  FIRST_REFUSED,
  GONE,
  outcomeOf,
  placeOf,
  PLANNED,
  PROTECTED,
  READ,
  REFUSED,
  RESULT,
  RESULT_FLAGS,
  SELECTED,
  SHOWN,
  SKIPPED,
  TOUCHED,
  WAS_THERE
} from './user-states';
import { UserFlags } from './UserFlags';
import type { Reason, UserState } from './UserState';

const NOT_SHOWN: Reason = {
  type: 'NOT_SHOWN',
  detail: 'The users API does not show the user, so nobody knows.'
};

const NO_SUCH_USER: Reason = {
  type: 'OBJECT_NOT_FOUND',
  detail: 'The users API says that there is no such user.'
};

/** Why an unlock that was answered with success counts as unconfirmed in the record: nothing has shown it yet. */
const UNVERIFIED: Reason = {
  type: 'UNVERIFIED',
  detail: 'The platform answered success, and the users were not read again.'
};

/**
 * Which users are selected, what is known of them, and what became of them: at every moment each selected user is in exactly
 * one place. Users have numbers here; `idOf` gives the id.
 *
 * Users may be selected and shown in any order and more than once; a user is planned as soon as both have happened
 * (selected − protected − excluded − already there − skipped by the goal − gone). A user that is several of these counts as the
 * first, so that protection is seen to work even for a user that is locked already.
 */
export class Roster {
  private readonly users = new UserFlags();
  private readonly reasons = new Map<number, Reason>();
  private readonly resets = new ResetWatch();
  /** Whether everybody was selected and shown. */
  isComplete = false;
  /** How many users are selected. */
  countSelected = 0;
  /** Whether users are read after something was sent. */
  private isVerifying = false;
  /** Users that are not sent again, because the goal says so. */
  private readonly givenUp = new Set<number>();
  /** Why users are skipped, for as many of them as a report names. */
  private readonly skipReasons = new Map<number, Reason>();

  constructor(
    readonly goal: Goal,
    private readonly protectedIds: ReadonlySet<string>,
    private readonly excludedIds: ReadonlySet<string>,
    /** Whether no earlier invocation of the run can have changed anybody. */
    private readonly isNew = true
  ) {}

  /** How many users are known. */
  get size(): number {
    return this.users.size;
  }

  /** The id of a user. */
  idOf(user: number): string {
    return this.users.idOf(user);
  }

  /** The user is selected. Returns the user where that completes the plan for them. */
  select(userId: string): number | undefined {
    const user = this.users.add(userId);
    const state = this.users.get(user);
    if ((state & SELECTED) !== 0) return undefined;
    this.countSelected++;
    let left = 0;
    if (this.protectedIds.has(userId)) left = PROTECTED;
    else if (this.excludedIds.has(userId)) left = EXCLUDED;
    return this.note(user, state | SELECTED | left, (state & SHOWN) !== 0);
  }

  /** The users API shows the user, before anything was sent. Returns the user where that completes the plan for them. */
  observe(shown: UserState): number | undefined {
    const user = this.users.add(shown.userId);
    const state = this.users.get(user);
    if ((state & SHOWN) !== 0) return undefined;
    this.resets.before(user, shown);
    return this.note(user, state | SHOWN | this.judge(user, shown), (state & SELECTED) !== 0);
  }

  /** Whether a selected user was not shown. */
  get hasUnlisted(): boolean {
    for (let user = 0; user < this.users.size; user++) {
      if ((this.users.get(user) & (SELECTED | SHOWN)) === SELECTED) return true;
    }
    return false;
  }

  /** Ids of the selected users that were not listed. */
  listUnlisted(): string[] {
    return this.listIds((state) => (state & (SELECTED | SHOWN | ABSENT)) === SELECTED);
  }

  /** Ids of the users that were listed and are not selected. */
  listUnselected(): string[] {
    return this.listIds((state) => (state & (SELECTED | SHOWN)) === SHOWN);
  }

  /** The platform says that there is no such user. */
  setAbsent(userId: string): void {
    const user = this.users.add(userId);
    this.users.set(user, this.users.get(user) | ABSENT);
  }

  /** Whether each selected user is known not to exist. */
  get isNobodyThere(): boolean {
    for (let user = 0; user < this.users.size; user++) {
      if ((this.users.get(user) & (SELECTED | ABSENT)) === SELECTED) return false;
    }
    return true;
  }

  /**
   * Reading has ended: gives the selected users that were not listed their place, and returns those to send.
   *
   * @param isComplete whether everybody was shown, so that whoever was not is not there
   */
  planUnlisted(isComplete: boolean): number[] {
    this.isComplete = isComplete;
    const toSend: number[] = [];
    const { whenNotListed } = this.goal;
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & (SELECTED | SHOWN)) !== SELECTED) continue;
      const isPlanned =
        this.note(user, isComplete && whenNotListed === 'skip' ? state | GONE : state, true) !== undefined;
      if (!isPlanned) continue;
      if ((state & ABSENT) !== 0) this.setResult(user, { kind: 'refused', reason: NO_SUCH_USER });
      else if (whenNotListed === 'send') toSend.push(user);
      else if (isComplete) this.setResult(user, { kind: 'refused', reason: NOT_SHOWN });
    }
    return toSend;
  }

  /** Writes down what came of sending a planned user; a later result replaces an earlier one. */
  setResult(user: number, result: OperationResult): void {
    const state = this.users.get(user);
    if ((state & PLANNED) === 0) throw new InvariantError(`user ${this.idOf(user)} was sent and not planned.`);
    this.write(user, state | this.findEvidence(state, result), result);
  }

  /** A reading of the users begins. @param isVerifying whether it comes after something was sent */
  startReading(isVerifying = false): void {
    this.isVerifying = isVerifying;
    for (let user = 0; user < this.users.size; user++) this.users.set(user, this.users.get(user) & ~READ);
  }

  /** The reading shows a user. Returns whether it has not shown them before. */
  markRead(userId: string): boolean {
    const user = this.users.add(userId);
    const state = this.users.get(user);
    this.users.set(user, state | READ);
    return (state & READ) === 0;
  }

  /** The users API shows a user after they were sent, and what it shows holds. */
  verify(shown: UserState): void {
    const user = this.users.find(shown.userId);
    if (user === undefined) return;
    const state = this.users.get(user);
    // When a session of a user turned that was not listed before is unknown.
    if ((state & SHOWN) !== 0) this.resets.after(user, shown);
    if ((state & RESULT) === 0) return;
    if (this.goal.isMet(shown)) {
      if ((state & (FIRST_REFUSED | TOUCHED)) === FIRST_REFUSED) this.setByOthers(user, state);
      else this.write(user, state, { kind: 'done' });
    } else if ((state & REFUSED) === 0) this.recheck(user, state, shown);
  }

  /** The reading has ended: whether the run changed a user that it did not show is unknown. */
  endReading(): void {
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & DONE) !== 0 && (state & READ) === 0) {
        this.write(user, state, { kind: 'unconfirmed', reason: NOT_SHOWN });
      }
    }
  }

  /** Users that were sent and are not known to be in the goal state, but may be sooner or later. */
  listMissing(): number[] {
    return this.listUsers((state) => (state & RESULT & ~(DONE | REFUSED)) !== 0);
  }

  /** Whether a user may be sent again. */
  isToSendAgain(user: number): boolean {
    return !this.givenUp.has(user);
  }

  /**
   * Users that were in the goal state at the first look and are not at the second: what was shown first was out of date.
   * Plans them, and returns those to send.
   */
  observeAgain(shown: readonly UserState[]): number[] {
    return shown.flatMap((one) => {
      const user = this.users.find(one.userId);
      if (user === undefined) return [];
      const state = this.users.get(user);
      if ((state & SELECTED) === 0 || placeOf(state) !== 'already' || this.goal.isMet(one)) return [];
      return this.note(user, (state & ~WAS_THERE) | this.judge(user, one), true) ?? [];
    });
  }

  /** Whether the run is about to send the user, or has sent them. */
  isPlanned(userId: string): boolean {
    return (this.users.get(this.users.find(userId) ?? -1) & PLANNED) !== 0;
  }

  /** Those of `ids` that the users API has not listed. */
  findUnlisted(ids: readonly string[]): string[] {
    return ids.filter((id) => (this.users.get(this.users.find(id) ?? -1) & SHOWN) === 0);
  }

  countPlan(): PlanCounts {
    const counts = { selected: 0, protected: 0, excluded: 0, already: 0, skipped: 0, gone: 0, planned: 0 };
    for (let user = 0; user < this.users.size; user++) {
      const state = this.users.get(user);
      if ((state & SELECTED) === 0) continue;
      counts.selected++;
      const place = placeOf(state);
      if (place === undefined) throw new InvariantError(`user ${this.idOf(user)} was selected and not planned.`);
      counts[place]++;
    }
    return counts;
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

  /** Selected users that the goal skips, and why, `most` of them at most. */
  listSkipped(most: number): SkippedUser[] {
    const skipped: SkippedUser[] = [];
    for (const [user, reason] of this.skipReasons) {
      if (skipped.length === most) break;
      const state = this.users.get(user);
      if ((state & SELECTED) !== 0 && placeOf(state) === 'skipped')
        skipped.push({ userId: this.idOf(user), ...reason });
    }
    return skipped;
  }

  /** Ids of the users that are neither selected nor in the goal state. */
  listOutside(): string[] {
    const ids: string[] = [];
    for (let user = 0; user < this.users.size; user++) {
      if ((this.users.get(user) & (SELECTED | SHOWN | WAS_THERE)) === SHOWN) ids.push(this.idOf(user));
    }
    return ids;
  }

  /** Sessions that were `RESET` already when the users were first shown. */
  countResetBefore(): number {
    return this.resets.countBefore();
  }

  /** Ids of users with sessions that turned `RESET` since they were first shown, and how many of them did. */
  listTurnedReset(): ReadonlyMap<string, number> {
    return new Map([...this.resets.turned].map(([user, count]) => [this.idOf(user), count]));
  }

  /** Keeps the state; plans the user where everything is known and nothing speaks against it. */
  private note(user: number, state: number, isComplete: boolean): number | undefined {
    const isPlanned = isComplete && (state & (WAS_THERE | PROTECTED | EXCLUDED | SKIPPED | GONE)) === 0;
    this.users.set(user, isPlanned ? state | PLANNED : state);
    return isPlanned ? user : undefined;
  }

  /** What speaks against sending the user: they are there, or the goal skips them. */
  private judge(user: number, shown: UserState): number {
    if (this.goal.isMet(shown)) return WAS_THERE;
    const reason = this.goal.findSkipReason(shown);
    if (reason === undefined) return 0;
    if (this.skipReasons.size < MAX_USERS_IN_REPORT) this.skipReasons.set(user, reason);
    return SKIPPED;
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

  /** What a result says about whether a request was carried out. */
  private findEvidence(state: number, result: OperationResult): number {
    if (result.kind === 'done' || result.kind === 'unconfirmed') return TOUCHED;
    const isFirst = this.isNew && (state & (RESULT | TOUCHED | FIRST_REFUSED)) === 0;
    return isFirst && result.reason.type !== NO_SUCH_USER.type ? FIRST_REFUSED : 0;
  }

  /** Whether a user that counts as done may count so in the record: an unlock only when a look has shown it. */
  private isProven(state: number): boolean {
    return this.goal.action !== 'unlock' || (this.isVerifying && (state & READ) !== 0);
  }

  private listUsers(isWanted: (state: number) => boolean): number[] {
    const users: number[] = [];
    for (let user = 0; user < this.users.size; user++) if (isWanted(this.users.get(user))) users.push(user);
    return users;
  }

  private listIds(isWanted: (state: number) => boolean): string[] {
    return this.listUsers(isWanted).map((user) => this.idOf(user));
  }

  private write(user: number, state: number, result: OperationResult): void {
    if (result.kind === 'done') this.reasons.delete(user);
    else this.reasons.set(user, result.reason);
    this.users.set(user, (state & ~RESULT) | RESULT_FLAGS[result.kind]);
  }
}
