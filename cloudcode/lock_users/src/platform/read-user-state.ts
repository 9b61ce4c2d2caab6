import { readUserId } from '../input/user-ids';
import type { SessionState, UserState } from '../users/UserState';

/** A user as the users API shows them; undefined where the entry names none. */
export function readUserState(entry: unknown): UserState | undefined {
  const { id, locked, enrolled, sessions } = (entry ?? {}) as Record<string, unknown>;
  const userId = readUserId(id);
  if (userId === undefined) return undefined;
  const list = (Array.isArray(sessions) ? (sessions as unknown[]) : []).map(readSession);
  // A user that cannot be told to be out of the app counts as in it, so that nobody is left alone by mistake.
  const isIn = Array.isArray(sessions) ? list.some(({ state }) => state === 'ENROLLED') : true;
  return {
    userId,
    locked: typeof locked === 'boolean' ? locked : null,
    enrolled: typeof enrolled === 'boolean' ? enrolled : isIn,
    sessions: list
  };
}

function readSession(entry: unknown): SessionState {
  const {
    id,
    state,
    signed_out_at: signedOutAt,
    last_authenticated_at: authenticatedAt,
    last_connected_at: connectedAt
  } = (entry ?? {}) as Record<string, unknown>;
  return {
    sessionId: typeof id === 'string' ? id : '',
    state: typeof state === 'string' ? state : '',
    signedOutAtMs: readTime(signedOutAt),
    authenticatedAtMs: readTime(authenticatedAt),
    lastConnectedAtMs: readTime(connectedAt)
  };
}

/** A time in milliseconds since 1970, null where there is none. Documented: ISO 8601. That of a `Date` header has a form of its own. */
export function readTime(value: unknown): number | null {
  const timeMs = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}
