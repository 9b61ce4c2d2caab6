import { InvariantError } from './LockUsersError';
import type { OperationResult } from './match-results';
import type { Reason } from './vocabulary';

/** A planned user who is not known to be locked, and why. */
export interface Failure extends Reason {
  readonly userId: string;
  readonly outcome: 'failed' | 'unconfirmed';
}

/** How many planned users ended in which outcome; the four add up to the planned users. */
export interface OutcomeCounts {
  readonly locked: number;
  readonly failed: number;
  readonly unconfirmed: number;
  readonly notAttempted: number;
}

type Entry = { readonly kind: 'locked' } | { readonly kind: 'failed' | 'doubtful'; readonly reason: Reason };

/**
 * The outcome of every planned user of a run: exactly one each, at every moment.
 *
 * A user nobody has written about is `not_attempted`. One who was sent and about whom nothing certain is known is
 * `unconfirmed`.
 */
export class Ledger {
  private readonly entries = new Map<string, Entry | undefined>();

  /** @param plannedIds the users to lock, each once */
  constructor(plannedIds: readonly string[]) {
    for (const userId of plannedIds) this.entries.set(userId, undefined);
    if (this.entries.size !== plannedIds.length) throw new InvariantError('a user was planned twice.');
  }

  /** Writes down what the batch's answer says of one user. Each planned user can be settled once. */
  settle(userId: string, result: OperationResult): void {
    if (!this.entries.has(userId)) throw new InvariantError(`user ${userId} was sent and not planned.`);
    if (this.entries.get(userId) !== undefined) throw new InvariantError(`user ${userId} was settled twice.`);
    this.entries.set(userId, result);
  }

  /**
   * Corrects the outcomes of the users who were sent by what the users API shows afterwards: what it shows holds, and
   * a user it does not show is not known to be locked.
   *
   * @param lockedById the lock state of each user seen since the last batch was sent
   */
  verify(lockedById: ReadonlyMap<string, boolean>): void {
    for (const [userId, entry] of this.entries) {
      if (entry !== undefined) this.entries.set(userId, verifyEntry(entry, lockedById.get(userId)));
    }
  }

  /** The counts, in one pass over the planned users. */
  countOutcomes(): OutcomeCounts {
    const counts = { locked: 0, failed: 0, unconfirmed: 0, notAttempted: 0 };
    for (const entry of this.entries.values()) {
      if (entry === undefined) counts.notAttempted++;
      else if (entry.kind === 'doubtful') counts.unconfirmed++;
      else counts[entry.kind]++;
    }
    return counts;
  }

  /** Every user who failed or is unconfirmed, in the order of the plan. */
  listFailures(): Failure[] {
    const failures: Failure[] = [];
    for (const [userId, entry] of this.entries) {
      if (entry === undefined || entry.kind === 'locked') continue;
      failures.push({ userId, outcome: entry.kind === 'failed' ? 'failed' : 'unconfirmed', ...entry.reason });
    }
    return failures;
  }
}

function verifyEntry(entry: Entry, locked: boolean | undefined): Entry {
  if (locked === true) return { kind: 'locked' };
  if (entry.kind === 'failed') return entry;
  if (entry.kind === 'doubtful') return locked === false ? { kind: 'failed', reason: entry.reason } : entry;
  return locked === false
    ? {
        kind: 'failed',
        reason: { type: 'NOT_LOCKED', detail: 'The batch answered success, but the users API shows the user unlocked.' }
      }
    : {
        kind: 'doubtful',
        reason: { type: 'NOT_SHOWN', detail: 'The batch answered success, but the users API does not show the user.' }
      };
}
