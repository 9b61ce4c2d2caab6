import type { UserState } from './vocabulary';

/** How many sessions a run had to sign out, and how many it did. */
export interface SessionCounts {
  readonly planned: number;
  readonly signedOut: number;
}

/** The platform's times have whole seconds (documented samples). */
const SECOND_MS = 1000;

/**
 * Ids of the user's sessions that are in the app and have been there since before `sinceMs`. A session that was signed out
 * since, or that was signed in since, has done what re-authenticating is for, so that nobody has to sign in twice.
 */
export function findDueSessions({ sessions }: UserState, sinceMs: number): string[] {
  const sinceSecondMs = Math.floor(sinceMs / SECOND_MS) * SECOND_MS;
  return sessions
    .filter(
      ({ state, signedOutAtMs, authenticatedAtMs }) =>
        state === 'ENROLLED' &&
        (signedOutAtMs === null || signedOutAtMs < sinceSecondMs) &&
        (authenticatedAtMs === null || authenticatedAtMs <= sinceMs)
    )
    .map(({ sessionId }) => sessionId);
}

/** Which sessions of whom are to be signed out, as the users API showed them last. */
export class SessionLedger {
  private readonly users = new Map<string, { readonly total: number; due: readonly string[] }>();

  /** @param sinceMs when the run began, on the clock */
  constructor(private readonly sinceMs: number) {}

  /** The users API shows the user, for the first time or again. */
  see(user: UserState): void {
    const due = findDueSessions(user, this.sinceMs);
    const known = this.users.get(user.userId);
    if (known !== undefined) known.due = due;
    else if (due.length > 0) this.users.set(user.userId, { total: due.length, due });
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

  /** @param isPlanned whether a user is one of those whom the run is about to sign out */
  count(isPlanned: (userId: string) => boolean): SessionCounts {
    let [planned, left] = [0, 0];
    for (const [userId, { total, due }] of this.users) {
      if (!isPlanned(userId)) continue;
      planned += total;
      left += Math.min(total, due.length);
    }
    return { planned, signedOut: planned - left };
  }
}
