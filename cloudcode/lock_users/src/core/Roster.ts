import { InvariantError } from './LockUsersError';
import type { OperationResult } from './match-results';
import type { Failure, OutcomeCounts, PlanCounts } from './outcomes';
import type { NotLocked } from './run-record';
import { UserIndex } from './UserIndex';
import type { Reason, UserState } from './vocabulary';

// One small number for each user keeps a million of them in memory. The lowest two bits say what has been seen.
const SELECTED = 1;
const SHOWN = 2;
/** The users API showed the user locked before anything was sent. */
const WAS_LOCKED = 4;
const PLANNED = 8;
// What is known of a planned user; none of these: not attempted.
const LOCKED = 16;
const FAILED = 32;
/** The platform refuses to lock this user, so sending again is no use. */
const REFUSED = 64;
const DOUBTFUL = 128;
const RESULT = LOCKED | FAILED | REFUSED | DOUBTFUL;
/** Shown in the verification that is under way. */
const SEEN_AGAIN = 256;
// Why a selected user is left alone.
const PROTECTED = 512;
const EXCLUDED = 1024;

const NOT_LOCKED: Reason = {
  type: 'NOT_LOCKED',
  detail: 'The batch answered success, but the users API shows the user unlocked.'
};
const NOT_SHOWN: Reason = {
  type: 'NOT_SHOWN',
  detail: 'The batch answered success, but the users API does not show the user.'
};

/**
 * Who is selected, what is known of them, and what became of them: at every moment each selected user is in exactly
 * one place. Users have numbers here; `idOf` gives the id.
 *
 * Users may be selected and shown in any order and more than once; a user is planned as soon as both have happened
 * (selected − protected − excluded − already locked). A user who is several of these counts as the first, so that
 * protection is seen to work even for a user who is locked already.
 */
export class Roster {
  private readonly index = new UserIndex();
  private states = new Uint16Array(1024);
  private readonly reasons = new Map<number, Reason>();
  private readonly resetBefore = new Map<number, number>();
  private readonly turnedReset = new Map<number, number>();

  constructor(
    private readonly protectedIds: ReadonlySet<string>,
    private readonly excludedIds: ReadonlySet<string>
  ) {}

  /** The id of a user. */
  idOf(user: number): string {
    return this.index.idOf(user);
  }

  /** The user is selected. Returns the user where that completes the plan for them. */
  select(userId: string): number | undefined {
    const user = this.add(userId);
    const state = this.stateOf(user);
    if ((state & SELECTED) !== 0) return undefined;
    let left = 0;
    if (this.protectedIds.has(userId)) left = PROTECTED;
    else if (this.excludedIds.has(userId)) left = EXCLUDED;
    return this.note(user, state | SELECTED | left, (state & SHOWN) !== 0);
  }

  /** The users API shows the user, before anything was sent. Returns the user where that completes the plan for them. */
  show({ userId, locked, resetSessions }: UserState): number | undefined {
    const user = this.add(userId);
    const state = this.stateOf(user);
    if ((state & SHOWN) !== 0) return undefined;
    if (resetSessions > 0) this.resetBefore.set(user, resetSessions);
    return this.note(user, state | SHOWN | (locked ? WAS_LOCKED : 0), (state & SELECTED) !== 0);
  }

  /** Nobody else will be shown: plans the selected users who were not, and returns them. */
  planUnshown(): number[] {
    const planned: number[] = [];
    for (let user = 0; user < this.index.size; user++) {
      const state = this.stateOf(user);
      if ((state & (SELECTED | SHOWN)) === SELECTED && this.note(user, state, true) !== undefined) planned.push(user);
    }
    return planned;
  }

  /** Writes down what came of sending a planned user; a later result replaces an earlier one. */
  settle(user: number, result: OperationResult): void {
    const state = this.stateOf(user);
    if ((state & PLANNED) === 0) throw new InvariantError(`user ${this.idOf(user)} was sent and not planned.`);
    this.write(user, state, result);
  }

  /** The users are about to be read again, after everything was sent. */
  startVerification(): void {
    for (let user = 0; user < this.index.size; user++) this.states[user] = this.stateOf(user) & ~SEEN_AGAIN;
  }

  /** The users API shows the user again, and what it shows holds. Returns the user where they are to be sent again. */
  verify({ userId, locked, resetSessions }: UserState): number | undefined {
    const user = this.index.find(userId);
    if (user === undefined) return undefined;
    const turned = resetSessions - (this.resetBefore.get(user) ?? 0);
    const state = this.stateOf(user) | SEEN_AGAIN;
    // Of a user who was not shown before, nobody knows when a session turned.
    if (turned > 0 && (state & SHOWN) !== 0) this.turnedReset.set(user, turned);
    if ((state & RESULT) === 0) return undefined;
    if (locked) this.write(user, state, { kind: 'locked' });
    else if ((state & REFUSED) !== 0) this.states[user] = state;
    else this.write(user, state, { kind: 'failed', reason: this.reasons.get(user) ?? NOT_LOCKED });
    return !locked && (state & REFUSED) === 0 ? user : undefined;
  }

  /** Everybody was shown again: a user who was not is not known to be locked. */
  endVerification(): void {
    for (let user = 0; user < this.index.size; user++) {
      const state = this.stateOf(user);
      if ((state & LOCKED) !== 0 && (state & SEEN_AGAIN) === 0) {
        this.write(user, state, { kind: 'doubtful', reason: NOT_SHOWN });
      }
    }
  }

  /** Users of `ids` whom the users API has not shown. */
  findUnshown(ids: readonly string[]): string[] {
    return ids.filter((id) => (this.stateOf(this.index.find(id) ?? -1) & SHOWN) === 0);
  }

  countPlan(): PlanCounts {
    const counts = { selected: 0, protected: 0, excluded: 0, alreadyLocked: 0, planned: 0 };
    for (let user = 0; user < this.index.size; user++) {
      const state = this.stateOf(user);
      if ((state & SELECTED) === 0) continue;
      counts.selected++;
      if ((state & PLANNED) !== 0) counts.planned++;
      else if ((state & PROTECTED) !== 0) counts.protected++;
      else if ((state & EXCLUDED) !== 0) counts.excluded++;
      else if ((state & WAS_LOCKED) !== 0) counts.alreadyLocked++;
      else throw new InvariantError(`user ${this.idOf(user)} was selected and not planned.`);
    }
    return counts;
  }

  countOutcomes(): OutcomeCounts {
    const counts = { locked: 0, failed: 0, unconfirmed: 0, notAttempted: 0 };
    for (let user = 0; user < this.index.size; user++) {
      const state = this.stateOf(user);
      if ((state & PLANNED) === 0) continue;
      if ((state & LOCKED) !== 0) counts.locked++;
      else if ((state & DOUBTFUL) !== 0) counts.unconfirmed++;
      else if ((state & (FAILED | REFUSED)) !== 0) counts.failed++;
      else counts.notAttempted++;
    }
    return counts;
  }

  /** Those of some planned users who are not known to be locked, and why. */
  listNotLocked(users: Iterable<number>): NotLocked[] {
    const notLocked: NotLocked[] = [];
    for (const user of users) {
      const state = this.stateOf(user);
      if ((state & LOCKED) !== 0) continue;
      const outcome = (state & RESULT) === 0 ? 'not_attempted' : (state & DOUBTFUL) !== 0 ? 'unconfirmed' : 'failed';
      notLocked.push({ userId: this.idOf(user), outcome, ...this.reasons.get(user) });
    }
    return notLocked;
  }

  /** Users who failed or are unconfirmed, in the order in which they were first seen, `most` of them at most. */
  listFailures(most: number): Failure[] {
    const failures: Failure[] = [];
    for (let user = 0; user < this.index.size && failures.length < most; user++) {
      const reason = this.reasons.get(user);
      if (reason === undefined) continue;
      const outcome = (this.stateOf(user) & DOUBTFUL) !== 0 ? 'unconfirmed' : 'failed';
      failures.push({ userId: this.idOf(user), outcome, ...reason });
    }
    return failures;
  }

  /** Sessions that were `RESET` already when the users were first shown. */
  countResetBefore(): number {
    return [...this.resetBefore.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Ids of users with sessions that turned `RESET` since they were first shown, and how many of them did. */
  listTurnedReset(): ReadonlyMap<string, number> {
    return new Map([...this.turnedReset].map(([user, count]) => [this.idOf(user), count]));
  }

  private add(userId: string): number {
    const user = this.index.add(userId);
    if (user >= this.states.length) {
      const old = this.states;
      this.states = new Uint16Array(old.length * 2);
      this.states.set(old);
    }
    return user;
  }

  private stateOf(user: number): number {
    return this.states[user] ?? 0;
  }

  /** Keeps the state; plans the user where everything is known and nothing speaks against it. */
  private note(user: number, state: number, isComplete: boolean): number | undefined {
    const isPlanned = isComplete && (state & (WAS_LOCKED | PROTECTED | EXCLUDED)) === 0;
    this.states[user] = isPlanned ? state | PLANNED : state;
    return isPlanned ? user : undefined;
  }

  private write(user: number, state: number, result: OperationResult): void {
    if (result.kind === 'locked') this.reasons.delete(user);
    else this.reasons.set(user, result.reason);
    this.states[user] = (state & ~RESULT) | RESULT_BITS[result.kind];
  }
}

const RESULT_BITS: Record<OperationResult['kind'], number> = {
  locked: LOCKED,
  failed: FAILED,
  refused: REFUSED,
  doubtful: DOUBTFUL
};
