import type { SessionState, UserState } from './UserState';

/** How many sessions a run had to sign out, and how many it did. */
export interface SessionCounts {
  readonly planned: number;
  readonly signedOut: number;
}

/** The platform's times have whole seconds (documented samples). */
const SECOND_MS = 1000;

/**
 * Whether a session is in the app and has been there since before `sinceMs`. One that was signed out since, or that was
 * signed in since, has done what re-authenticating is for, so that nobody has to sign in twice. Nobody has signed in after
 * `untilMs`: a clock that says so is wrong.
 */
function isDue({ state, signedOutAtMs, authenticatedAtMs }: SessionState, sinceMs: number, untilMs: number): boolean {
  const sinceSecondMs = Math.floor(sinceMs / SECOND_MS) * SECOND_MS;
  return (
    mayBeIn(state) &&
    (signedOutAtMs === null || signedOutAtMs < sinceSecondMs) &&
    (authenticatedAtMs === null || authenticatedAtMs <= sinceMs || authenticatedAtMs > untilMs)
  );
}

/** Of a session whose state is not shown nobody can say that it is signed out. */
function mayBeIn(state: string): boolean {
  return state === 'ENROLLED' || state === '';
}

/** Whether a session is still signed in and nothing has happened to it. */
function isUnchanged(before: KnownSession, now: SessionState | undefined): boolean {
  return (
    now !== undefined &&
    mayBeIn(now.state) &&
    now.signedOutAtMs === before.signedOutAtMs &&
    now.authenticatedAtMs === before.authenticatedAtMs
  );
}

/** What is kept of a session. */
type KnownSession = Pick<SessionState, 'sessionId' | 'signedOutAtMs' | 'authenticatedAtMs'>;

interface KnownUser {
  /** The sessions to be signed out, as they were shown first. */
  readonly first: readonly KnownSession[];
  /** Ids of those that are still to be. */
  due: readonly string[];
}

/** Which sessions of each user are to be signed out, and which of them were. */
export class SessionLedger {
  private readonly users = new Map<string, KnownUser>();

  /**
   * @param sinceMs when the run began, on the backend's clock
   * @param untilMs a moment that has not come, on the same clock. Default: none
   */
  constructor(
    private readonly sinceMs: number,
    private readonly untilMs = Infinity
  ) {}

  /**
   * The users API shows the user, for the first time or again. From the second time on a session is still to be signed out
   * only if nothing about it has changed, so that a difference between the clocks makes nobody sign in twice.
   *
   * @returns whether nothing is left to be signed out
   */
  see(user: UserState): boolean {
    const { userId, sessions, enrolled } = user;
    const known = this.users.get(userId);
    if (known === undefined) {
      const first = sessions
        .filter((session) => isDue(session, this.sinceMs, this.untilMs))
        // Not the session itself, which keeps texts that are not needed here.
        .map(({ sessionId, signedOutAtMs, authenticatedAtMs }) => ({ sessionId, signedOutAtMs, authenticatedAtMs }));
      if (first.length > 0) this.users.set(userId, { first, due: first.map(({ sessionId }) => sessionId) });
      // A user that is in the app, with no session that is, cannot be said to be out of it.
      return first.length === 0 && !(enrolled && !sessions.some(({ state }) => state === 'ENROLLED'));
    }
    // Without its sessions, nothing shows that they are signed out.
    if (enrolled && sessions.length === 0) return false;
    const now = new Map(sessions.map((session) => [session.sessionId, session]));
    const due = known.first.filter((before) => isUnchanged(before, now.get(before.sessionId)));
    known.due = due.map(({ sessionId }) => sessionId);
    return known.due.length === 0;
  }

  /** Whether the users API shows a session of a user that is still to be signed out: as it was shown first. Takes no note of it. */
  isDue({ userId, sessions, enrolled }: UserState, sessionId: string): boolean {
    if (enrolled && sessions.length === 0) return true;
    const isIt = (session: KnownSession): boolean => session.sessionId === sessionId;
    const before = this.users.get(userId)?.first.find(isIt);
    return before !== undefined && isUnchanged(before, sessions.find(isIt));
  }

  /** The platform has answered that the session is signed out. */
  signedOut(userId: string, sessionId: string): void {
    const known = this.users.get(userId);
    if (known !== undefined) known.due = known.due.filter((id) => id !== sessionId);
  }

  /** Ids of the sessions of the user that are to be signed out. */
  dueOf(userId: string): readonly string[] {
    return this.users.get(userId)?.due ?? [];
  }

  /** Whether the user had sessions to be signed out. */
  isPlanned(userId: string): boolean {
    return this.users.has(userId);
  }

  /** @param isPlanned whether the run is about to sign out a user */
  count(isPlanned: (userId: string) => boolean): SessionCounts {
    let planned = 0;
    let left = 0;
    for (const [userId, { first, due }] of this.users) {
      if (!isPlanned(userId)) continue;
      planned += first.length;
      left += due.length;
    }
    return { planned, signedOut: planned - left };
  }
}
