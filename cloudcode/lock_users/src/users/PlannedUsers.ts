import type { Goal } from '../actions/Goal';
import { InvariantError } from '../errors';
import { MAX_USERS_IN_REPORT } from './outcomes';
import type { PlanCounts, SkippedUser } from './outcomes';
import { ResetWatch } from './ResetWatch';
import { UserFlags } from './UserFlags';
import {
  ABSENT,
  ENROLLED,
  EXCLUDED,
  GONE,
  placeOf,
  PLANNED,
  PROTECTED,
  READ,
  REPLANNED,
  RESULT,
  SELECTED,
  SHOWN,
  SKIPPED,
  TOUCHED,
  WAS_THERE
} from './user-states';
import type { Reason, UserState } from './UserState';

/**
 * Which users are selected, what the users API shows of them, and which of them are planned. Users have numbers here; `idOf`
 * gives the id.
 *
 * Users may be selected and shown in any order and more than once; a user is planned as soon as both have happened
 * (selected − protected − excluded − already there − skipped by the goal − gone). A user that is several of these counts as the
 * first, so that protection is seen to work even for a user that is locked already.
 */
export class PlannedUsers {
  protected readonly users = new UserFlags();
  protected readonly resets: ResetWatch;
  /** How many users are selected. */
  countSelected = 0;
  /** How many users the reading that is under way has shown so far, or the last one. */
  countRead = 0;
  /** Why users are skipped, for as many of them as a report names. */
  private readonly skipReasons = new Map<number, Reason>();
  /** The ids of lists of users, for as long as there are those lists. */
  private readonly idLists = new WeakMap<readonly number[], readonly string[]>();

  /** @param resetSinceMs from when on a session that was signed out and is `RESET` turned so during the run */
  constructor(
    readonly goal: Goal,
    private readonly protectedIds: ReadonlySet<string>,
    private readonly excludedIds: ReadonlySet<string>,
    resetSinceMs: number
  ) {
    this.resets = new ResetWatch(resetSinceMs);
  }

  /** How many users are known. */
  get size(): number {
    return this.users.size;
  }

  /** The id of a user. */
  idOf(user: number): string {
    return this.users.idOf(user);
  }

  /** The ids of users. The same list, to be written down and sent, has them made once. */
  idsOf(users: readonly number[]): readonly string[] {
    const ids = this.idLists.get(users) ?? users.map((user) => this.idOf(user));
    this.idLists.set(users, ids);
    return ids;
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
    const user = this.markRead(shown.userId);
    const state = this.users.get(user);
    if ((state & SHOWN) !== 0) return undefined;
    this.resets.before(user, shown);
    const seen = SHOWN | (shown.enrolled ? ENROLLED : 0);
    return this.note(user, state | seen | this.judge(user, shown), (state & SELECTED) !== 0);
  }

  /**
   * The users API shows a user again that was in the goal state at the first look: where they are not in it now, what was shown
   * first was out of date, and the user is planned; where they are in it once more and were not sent yet, that is taken back.
   */
  observeAgain(shown: UserState): void {
    const user = this.markRead(shown.userId);
    const state = this.users.get(user);
    // When a session of a user turned that was not listed before is unknown.
    if ((state & SHOWN) !== 0) this.resets.after(user, shown);
    if ((state & SELECTED) === 0 || (state & RESULT) !== 0) return;
    const isMet = this.goal.isMet(shown);
    if (placeOf(state) === 'already' && !isMet)
      this.note(user, (state & ~WAS_THERE) | REPLANNED | this.judge(user, shown), true);
    else if ((state & REPLANNED) !== 0 && isMet) this.users.set(user, (state & ~(REPLANNED | PLANNED)) | WAS_THERE);
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

  /** A reading of the users begins. */
  startReading(): void {
    this.countRead = 0;
    for (let user = 0; user < this.users.size; user++) this.users.set(user, this.users.get(user) & ~READ);
  }

  /** The reading shows a user, who counts as read once. Returns the user. */
  markRead(userId: string): number {
    const user = this.users.add(userId);
    const state = this.users.get(user);
    if ((state & READ) === 0) this.countRead++;
    this.users.set(user, state | READ);
    return user;
  }

  /** Whether the user is selected and protected. */
  isProtected(userId: string): boolean {
    return (this.users.get(this.users.find(userId) ?? -1) & PROTECTED) !== 0;
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

  /** The selected users, each with the count that they are in. */
  *listPlaces(): Generator<{ readonly userId: string; readonly place: Exclude<keyof PlanCounts, 'selected'> }> {
    for (const user of this.listUsers((state) => (state & SELECTED) !== 0)) {
      const place = placeOf(this.users.get(user));
      if (place !== undefined) yield { userId: this.idOf(user), place };
    }
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

  /** Those of `ids` that are selected, and that were not in the goal state before. */
  listKeptOut(ids: Iterable<string>): string[] {
    return [...ids].filter((id) => (this.users.get(this.users.find(id) ?? -1) & (SELECTED | WAS_THERE)) === SELECTED);
  }

  /** Ids of the selected users, one by one, because a list of a million takes much memory. */
  *selectedIds(): IterableIterator<string> {
    for (let user = 0; user < this.users.size; user++) {
      if ((this.users.get(user) & SELECTED) !== 0) yield this.idOf(user);
    }
  }

  /** Ids of the users that are neither selected nor in the goal state. */
  listOutside(): string[] {
    return this.listIds((state) => (state & (SELECTED | SHOWN | WAS_THERE)) === SHOWN);
  }

  /** Keeps the state; plans the user where everything is known and nothing speaks against it. */
  protected note(user: number, state: number, isComplete: boolean): number | undefined {
    const isPlanned = isComplete && (state & (WAS_THERE | PROTECTED | EXCLUDED | SKIPPED | GONE)) === 0;
    this.users.set(user, isPlanned ? state | PLANNED : state);
    return isPlanned ? user : undefined;
  }

  /** What speaks against sending the user: they are there, or the goal skips them. */
  private judge(user: number, shown: UserState): number {
    if (this.goal.isMet(shown)) return WAS_THERE;
    // Of a user whose state is not shown, nobody can say that nothing has changed.
    const unknown = shown.locked === null ? TOUCHED : 0;
    const reason = this.goal.findSkipReason(shown);
    if (reason === undefined) return unknown;
    if (this.skipReasons.size < MAX_USERS_IN_REPORT) this.skipReasons.set(user, reason);
    return SKIPPED;
  }

  protected listUsers(isWanted: (state: number) => boolean): number[] {
    const users: number[] = [];
    for (let user = 0; user < this.users.size; user++) if (isWanted(this.users.get(user))) users.push(user);
    return users;
  }

  private listIds(isWanted: (state: number) => boolean): string[] {
    return this.listUsers(isWanted).map((user) => this.idOf(user));
  }
}
