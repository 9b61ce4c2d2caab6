import { CLOCK_DIFFERENCE_MS, INVOCATION_LIMIT_MS } from './limits';
import { parseNotDone, parseUserIds } from './run-record';
import type { BatchRecord } from './run-record';
import type { Reason, UserState } from './vocabulary';

/** What the records say of one user. */
interface Trace {
  /** When the run wrote down last that it is about to lock the user. -Infinity: it never did. */
  sentAtMs: number;
  /** When that can have happened at the latest. */
  lockedByMs: number;
  /** When another run last locked or unlocked the user, and the id of its record. */
  otherAtMs: number;
  otherId: string;
}

/**
 * Whom one run locked, by its record, and what has happened to them since, by the records of other runs and by the sessions
 * that the users API shows.
 *
 * A run announces only users whom it has seen unlocked. So whoever it may have locked, though nobody knows for certain
 * (it was killed, or an answer was lost), and who is locked now, was locked by it, unless something shows the contrary.
 */
export class LockTrail {
  private readonly traces = new Map<string, Trace>();

  /**
   * @param runId how the run is called in reasons
   * @param runRecordId the id of its record
   */
  constructor(
    private readonly runId: string,
    private readonly runRecordId: string
  ) {}

  /** Takes in a batch of the run, or a later one of another run, in any order. @throws LockUsersError `RECORD_FAILED` */
  add(batch: BatchRecord): void {
    const sentAtMs = batch.sentAtMs ?? 0;
    if (batch.runRecordId === this.runRecordId) {
      const others = listUnchanged(batch, ['failed', 'not_attempted']);
      const inDoubt = listUnchanged(batch, ['unconfirmed']);
      for (const userId of parseUserIds(batch)) {
        if (others.has(userId)) continue;
        const answeredAtMs = inDoubt.has(userId) ? null : batch.answeredAtMs;
        const lockedByMs = answeredAtMs ?? sentAtMs + INVOCATION_LIMIT_MS;
        const trace = this.find(userId);
        trace.sentAtMs = Math.max(trace.sentAtMs, sentAtMs);
        trace.lockedByMs = Math.max(trace.lockedByMs, lockedByMs);
      }
      return;
    }
    for (const userId of listTouched(batch)) {
      const trace = this.find(userId);
      if (sentAtMs < trace.otherAtMs) continue;
      trace.otherAtMs = sentAtMs;
      trace.otherId = batch.runRecordId;
    }
  }

  /** Ids of the users whom the run locked or may have locked. */
  userIds(): string[] {
    return [...this.traces].filter(([, { sentAtMs }]) => sentAtMs > -Infinity).map(([userId]) => userId);
  }

  /** Why a user who is locked is so by somebody else and not by the run; undefined where nothing shows that. */
  findLaterLock({ userId, sessions }: UserState): Reason | undefined {
    const trace = this.traces.get(userId);
    if (trace === undefined || trace.sentAtMs === -Infinity) return undefined;
    if (trace.otherAtMs >= trace.sentAtMs) {
      const detail = `After run ${this.runId}, the run with the record ${trace.otherId} found or left this user unlocked, and they were locked again.`;
      return { type: 'LOCKED_AGAIN', detail };
    }
    // To be signed out later than the run did it, a device must have been let in again in between.
    const isLater = sessions.some(
      ({ signedOutAtMs }) => signedOutAtMs !== null && signedOutAtMs > trace.lockedByMs + CLOCK_DIFFERENCE_MS
    );
    if (!isLater) return undefined;
    const detail = `A device of this user was signed out after run ${this.runId} had locked them, so somebody has locked or wiped it again.`;
    return { type: 'LOCKED_AGAIN', detail };
  }

  private find(userId: string): Trace {
    const known = this.traces.get(userId);
    if (known !== undefined) return known;
    const trace = { sentAtMs: -Infinity, lockedByMs: -Infinity, otherAtMs: -Infinity, otherId: '' };
    this.traces.set(userId, trace);
    return trace;
  }
}

/**
 * Users of another run's batch who were unlocked at that moment: those whom it was about to lock, as it had seen them
 * unlocked, and those whom it is known to have unlocked.
 */
function listTouched(batch: BatchRecord): readonly string[] {
  if (batch.action === 'reauthenticate') return [];
  if (batch.action !== 'unlock') return parseUserIds(batch);
  if (batch.state !== 'answered') return [];
  const others = listUnchanged(batch, ['failed', 'unconfirmed', 'not_attempted']);
  return parseUserIds(batch).filter((userId) => !others.has(userId));
}

function listUnchanged(batch: BatchRecord, outcomes: readonly string[]): ReadonlySet<string> {
  return new Set(
    parseNotDone(batch)
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ userId }) => userId)
  );
}
