import { InvariantError } from './LockUsersError';
import type { OperationResult } from './match-results';
import type { Reason, UserState } from './vocabulary';

/** A planned user who is not known to be locked, and why. */
export interface Failure extends Reason {
  readonly userId: string;
  readonly outcome: 'failed' | 'unconfirmed';
}

/** How many users are selected, and why they are or are not planned. The rest adds up to `selected`. */
export interface PlanCounts {
  readonly selected: number;
  readonly protected: number;
  readonly excluded: number;
  readonly alreadyLocked: number;
  readonly planned: number;
}

/** How many planned users ended in which outcome; the four add up to the planned users. */
export interface OutcomeCounts {
  readonly locked: number;
  readonly failed: number;
  readonly unconfirmed: number;
  readonly notAttempted: number;
}

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
 * one place.
 *
 * Users may be selected and shown in any order and more than once; a user is planned as soon as both have happened
 * (selected − protected − excluded − already locked). A user who is several of these counts as the first, so that
 * protection is seen to work even for a user who is locked already.
 */
export class Roster {
  private readonly users = new Map<string, number>();
  private readonly reasons = new Map<string, Reason>();
  private readonly resetBefore = new Map<string, number>();
  private readonly turnedReset = new Map<string, number>();

  constructor(
    private readonly protectedIds: ReadonlySet<string>,
    private readonly excludedIds: ReadonlySet<string>
  ) {}

  /** The user is selected. Returns whether the user is planned by that. */
  select(userId: string): boolean {
    const state = this.users.get(userId) ?? 0;
    if ((state & SELECTED) !== 0) return false;
    return this.note(userId, state | SELECTED, (state & SHOWN) !== 0);
  }

  /** The users API shows the user, before anything was sent. Returns whether the user is planned by that. */
  show({ userId, locked, resetSessions }: UserState): boolean {
    const state = this.users.get(userId) ?? 0;
    if ((state & SHOWN) !== 0) return false;
    if (resetSessions > 0) this.resetBefore.set(userId, resetSessions);
    return this.note(userId, state | SHOWN | (locked ? WAS_LOCKED : 0), (state & SELECTED) !== 0);
  }

  /** Nobody else will be shown: plans the selected users who were not, and returns them. */
  planUnshown(): string[] {
    const planned: string[] = [];
    for (const [userId, state] of this.users) {
      if ((state & (SELECTED | SHOWN)) === SELECTED && this.note(userId, state, true)) planned.push(userId);
    }
    return planned;
  }

  /** Writes down what came of sending a planned user; a later result replaces an earlier one. */
  settle(userId: string, result: OperationResult): void {
    const state = this.users.get(userId) ?? 0;
    if ((state & PLANNED) === 0) throw new InvariantError(`user ${userId} was sent and not planned.`);
    this.write(userId, state, result);
  }

  /** The users are about to be read again, after everything was sent. */
  startVerification(): void {
    for (const [userId, state] of this.users) this.users.set(userId, state & ~SEEN_AGAIN);
  }

  /**
   * The users API shows the user again, and what it shows holds. Returns whether the user is to be sent again.
   */
  verify({ userId, locked, resetSessions }: UserState): boolean {
    const turned = resetSessions - (this.resetBefore.get(userId) ?? 0);
    const state = (this.users.get(userId) ?? 0) | SEEN_AGAIN;
    // Of a user who was not shown before, nobody knows when a session turned.
    if (turned > 0 && (state & SHOWN) !== 0) this.turnedReset.set(userId, turned);
    if ((state & RESULT) === 0) return false;
    if (locked) this.write(userId, state, { kind: 'locked' });
    else if ((state & REFUSED) !== 0) this.users.set(userId, state);
    else this.write(userId, state, { kind: 'failed', reason: this.reasons.get(userId) ?? NOT_LOCKED });
    return !locked && (state & REFUSED) === 0;
  }

  /** Everybody was shown again: a user who was not is not known to be locked. */
  endVerification(): void {
    for (const [userId, state] of this.users) {
      if ((state & LOCKED) !== 0 && (state & SEEN_AGAIN) === 0) {
        this.write(userId, state, { kind: 'doubtful', reason: NOT_SHOWN });
      }
    }
  }

  /** Users of `ids` whom the users API has not shown. */
  findUnshown(ids: readonly string[]): string[] {
    return ids.filter((id) => ((this.users.get(id) ?? 0) & SHOWN) === 0);
  }

  countPlan(): PlanCounts {
    const counts = { selected: 0, protected: 0, excluded: 0, alreadyLocked: 0, planned: 0 };
    for (const [userId, state] of this.users) {
      if ((state & SELECTED) === 0) continue;
      counts.selected++;
      if ((state & PLANNED) !== 0) counts.planned++;
      else if (this.protectedIds.has(userId)) counts.protected++;
      else if (this.excludedIds.has(userId)) counts.excluded++;
      else if ((state & WAS_LOCKED) !== 0) counts.alreadyLocked++;
      else throw new InvariantError(`user ${userId} was selected and not planned.`);
    }
    return counts;
  }

  countOutcomes(): OutcomeCounts {
    const counts = { locked: 0, failed: 0, unconfirmed: 0, notAttempted: 0 };
    for (const state of this.users.values()) {
      if ((state & PLANNED) === 0) continue;
      if ((state & LOCKED) !== 0) counts.locked++;
      else if ((state & DOUBTFUL) !== 0) counts.unconfirmed++;
      else if ((state & (FAILED | REFUSED)) !== 0) counts.failed++;
      else counts.notAttempted++;
    }
    return counts;
  }

  /** Users who failed or are unconfirmed, in the order in which they were first seen, `most` of them at most. */
  listFailures(most: number): Failure[] {
    const failures: Failure[] = [];
    for (const [userId, state] of this.users) {
      const reason = this.reasons.get(userId);
      if (reason === undefined) continue;
      if (failures.length === most) break;
      failures.push({ userId, outcome: (state & DOUBTFUL) !== 0 ? 'unconfirmed' : 'failed', ...reason });
    }
    return failures;
  }

  /** Sessions that were `RESET` already when the users were first shown. */
  countResetBefore(): number {
    return [...this.resetBefore.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Users with sessions that turned `RESET` since they were first shown, and how many of them did. */
  listTurnedReset(): ReadonlyMap<string, number> {
    return this.turnedReset;
  }

  /** Keeps the state; plans the user where everything is known and nothing speaks against it. */
  private note(userId: string, state: number, complete: boolean): boolean {
    const planned =
      complete && (state & WAS_LOCKED) === 0 && !this.protectedIds.has(userId) && !this.excludedIds.has(userId);
    this.users.set(userId, planned ? state | PLANNED : state);
    return planned;
  }

  private write(userId: string, state: number, result: OperationResult): void {
    if (result.kind === 'locked') this.reasons.delete(userId);
    else this.reasons.set(userId, result.reason);
    this.users.set(userId, (state & ~RESULT) | RESULT_BITS[result.kind]);
  }
}

const RESULT_BITS: Record<OperationResult['kind'], number> = {
  locked: LOCKED,
  failed: FAILED,
  refused: REFUSED,
  doubtful: DOUBTFUL
};
