import { INVOCATION_LIMIT_MS } from '../platform-facts';
import type { Reason, UserState } from '../users/UserState';
import { parseNotDone, parseUserIds } from './RunRecord';
import type { BatchRecord, NotDone } from './RunRecord';

/**
 * Milliseconds that the clocks of the backend and of CloudCode may differ by. Assumed: nothing is published; machines that
 * set their clocks by the network differ by less than a second. What the answers' `Date` header shows is taken into account.
 */
const CLOCK_DIFFERENCE_MS = 60_000;

/** What the records say of one user. */
interface UserHistory {
  /** When the run wrote down last that it is about to lock the user. -Infinity: it never did. */
  sentAtMs: number;
  /** When that can have happened at the latest. */
  lockedByMs: number;
  /** When another run last locked or unlocked the user, and which. */
  otherAtMs: number;
  other: Pick<BatchRecord, 'runId' | 'runRecordId' | 'action'> | undefined;
  /** Whether an undo of the run has unlocked the user, whatever the times say. */
  isUndone: boolean;
}

/**
 * The users that one run locked, by its record, and what has happened to them since, by the records of other runs and by the
 * sessions that the users API shows.
 *
 * A run records users that it has seen unlocked (or did not find in two readings). A user that it may have locked (it was
 * killed, or an answer was lost) and that is locked now counts as locked by it, unless something shows the contrary.
 */
export class LockHistory {
  private readonly users = new Map<string, UserHistory>();

  /** Ids of all users that the run's batches name, whatever came of them. */
  private readonly named = new Set<string>();

  /**
   * @param runId how the run is called in reasons
   * @param runRecordId the id of its record
   * @param clockAheadMs by how much the backend's clock, by which sessions go, is ahead of the one of the records
   * @param undoRecordIds ids of the records of an undo of the run, which is later whatever its times say: a clock may have been set back
   */
  constructor(
    readonly runId: string,
    private readonly runRecordId: string,
    private readonly clockAheadMs: number,
    private readonly undoRecordIds: ReadonlySet<string> = new Set()
  ) {}

  /** Takes in a batch of the run, or a later one of another run, in any order. @throws LockUsersError `RECORD_FAILED` */
  add(batch: BatchRecord): void {
    const sentAtMs = batch.sentAtMs ?? 0;
    if (batch.runRecordId === this.runRecordId) {
      const others = listUnchanged(batch, ['failed', 'not_attempted', 'already']);
      const unconfirmed = listUnchanged(batch, ['unconfirmed']);
      for (const userId of parseUserIds(batch)) {
        this.named.add(userId);
        if (others.has(userId)) continue;
        const answeredAtMs = unconfirmed.has(userId) ? null : batch.answeredAtMs;
        const lockedByMs = answeredAtMs ?? sentAtMs + INVOCATION_LIMIT_MS;
        const user = this.find(userId);
        user.sentAtMs = Math.max(user.sentAtMs, sentAtMs);
        user.lockedByMs = Math.max(user.lockedByMs, lockedByMs);
      }
      return;
    }
    // Not the batch itself, which holds the ids of all its users.
    const other = { runId: batch.runId, runRecordId: batch.runRecordId, action: batch.action };
    for (const userId of listTouched(batch)) {
      const user = this.find(userId);
      if (this.undoRecordIds.has(batch.runRecordId)) user.isUndone = true;
      if (sentAtMs < user.otherAtMs) continue;
      user.otherAtMs = sentAtMs;
      user.other = other;
    }
  }

  /** How many users the run's batches name, whatever came of them. */
  get countNamed(): number {
    return this.named.size;
  }

  /** Ids of the users that the run locked or may have locked. */
  userIds(): string[] {
    return [...this.users].filter(([, { sentAtMs }]) => sentAtMs > -Infinity).map(([userId]) => userId);
  }

  /** Evidence that somebody else has locked a user since the run did; undefined where there is none. */
  findLaterLock({ userId, sessions }: UserState): Reason | undefined {
    const user = this.users.get(userId);
    if (user === undefined || user.sentAtMs === -Infinity) return undefined;
    // Where both came in the same moment the user stays locked, which is the smaller harm.
    if (user.otherAtMs >= user.sentAtMs || user.isUndone) {
      return { type: 'LOCKED_AGAIN', detail: describeOther(user.other) };
    }
    // To be signed out later than the run did it, a device must have been let in again in between.
    const isLater = sessions.some(
      ({ signedOutAtMs }) =>
        signedOutAtMs !== null && signedOutAtMs > user.lockedByMs + this.clockAheadMs + CLOCK_DIFFERENCE_MS
    );
    if (!isLater) return undefined;
    const detail = `A device of this user was signed out after run ${this.runId} had locked them, so somebody has locked or wiped it again.`;
    return { type: 'LOCKED_AGAIN', detail };
  }

  /** Why a user is locked that the run did not lock. */
  explainOther(userId: string): Reason {
    const other = this.users.get(userId)?.other;
    const detail =
      other === undefined || other.action === 'unlock'
        ? 'By its record, the run that is undone did not lock this user: they were locked before it, or somebody else has locked them since.'
        : describeOther(other);
    return { type: 'NOT_BY_THAT_RUN', detail };
  }

  private find(userId: string): UserHistory {
    const known = this.users.get(userId);
    if (known !== undefined) return known;
    const user = {
      sentAtMs: -Infinity,
      lockedByMs: -Infinity,
      otherAtMs: -Infinity,
      other: undefined,
      isUndone: false
    };
    this.users.set(userId, user);
    return user;
  }
}

function describeOther(other: UserHistory['other']): string {
  const name = other?.runId ?? other?.runRecordId ?? 'unknown';
  return other?.action === 'unlock'
    ? `Run ${name} has unlocked this user since, or was told so, and they are locked all the same: somebody else has locked them, or the platform did not do what it said.`
    : `Run ${name} found this user unlocked since, and was to lock them. To let them back in, undo that run.`;
}

/**
 * Users of another run's batch that were unlocked at that moment: it was about to lock them, as it had seen them unlocked,
 * or it is known to have unlocked them.
 */
function listTouched(batch: BatchRecord): readonly string[] {
  switch (batch.action) {
    case 'lock':
    case null: {
      // Whom it was told to be locked already it has not locked; its first look may have been out of date.
      const already = listUnchanged(batch, ['already']);
      return parseUserIds(batch).filter((userId) => !already.has(userId));
    }
    case 'unlock':
      return batch.state === 'answered' ? listUnlocked(batch) : [];
    case 'reauthenticate':
    case 'status':
      return [];
  }
}

function listUnlocked(batch: BatchRecord): readonly string[] {
  // An undo that was told "unlocked" of a user that stayed locked leaves that user alone: somebody else has locked them.
  const isTold = ({ type }: NotDone): boolean => type === 'NOT_UNLOCKED' || type === 'LOCKED_AGAIN';
  const others = new Set(parseNotDone(batch).flatMap((user) => (isTold(user) ? [] : [user.userId])));
  return parseUserIds(batch).filter((userId) => !others.has(userId));
}

function listUnchanged(batch: BatchRecord, outcomes: readonly string[]): ReadonlySet<string> {
  return new Set(
    parseNotDone(batch)
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ userId }) => userId)
  );
}
