/** States of a session. Documented ("Manage app users and sessions"). */
export type SessionState = 'ENROLLED' | 'LOCKED' | 'RESET' | 'NEVER_ENROLLED';

/** One device that is or was signed in. Times are ISO 8601, UTC, to the second. */
export interface Session {
  readonly id: string;
  state: SessionState;
  readonly label: string;
  readonly createdAt: string;
  lastAuthenticatedAt: string;
  signedOutAt: string | null;
  lastConnectedAt: string;
  readonly platform: string;
  readonly deviceId: string;
  /** What the device signs its requests with, where it enrolled through `/_device/`. The API never shows it. */
  token?: string;
}

/** What the backend keeps of a user beside the object in the user model. */
export interface UserRecord {
  readonly id: string;
  locked: boolean;
  lastConnectedAt: string | null;
  readonly sessions: Session[];
}

/** A user as `GET users/{id}` shows it. */
export interface UserView {
  readonly id: string;
  readonly last_connected_at: string | null;
  readonly enrolled: boolean;
  readonly locked: boolean;
  readonly sessions?: readonly SessionView[];
}

/** A session as the users API shows it. Field names are documented; the Android value of `platform` is assumed. */
export interface SessionView {
  readonly id: string;
  readonly state: SessionState;
  readonly label: string;
  readonly created_at: string;
  readonly last_authenticated_at: string;
  readonly signed_out_at: string | null;
  readonly last_connected_at: string;
  readonly container: { readonly version: string; readonly bundle_id: string; readonly platform: string };
  readonly runtime: { readonly version: string };
  readonly device: { readonly id: string };
}

/**
 * Locks a user. Keeping data, a session that is in the app becomes LOCKED. Wiping, LOCKED ones become RESET as well. A
 * session that is RESET stays so: a pending wipe is never taken back (assumed).
 */
export function lockUser(user: UserRecord, wipe: boolean, now: string): void {
  user.locked = true;
  for (const session of user.sessions) {
    if (session.state === 'ENROLLED') signOut(session, wipe ? 'RESET' : 'LOCKED', now);
    else if (session.state === 'LOCKED' && wipe) signOut(session, 'RESET', now);
  }
}

/** Adds a session that is in the app to a user. */
export function openSession(
  user: UserRecord,
  { id, deviceId, platform, now }: { id: string; deviceId: string; platform: string; now: string }
): Session {
  const session: Session = {
    id,
    state: 'ENROLLED',
    label: `Device ${user.sessions.length + 1}`,
    platform,
    deviceId,
    createdAt: now,
    lastAuthenticatedAt: now,
    signedOutAt: null,
    lastConnectedAt: now
  };
  user.sessions.push(session);
  user.lastConnectedAt = now;
  return session;
}

/** Signs one session out; `RESET` makes its device wipe its data at the next connect. */
export function signOut(session: Session, state: 'LOCKED' | 'RESET', now: string): void {
  session.state = state;
  session.signedOutAt = now;
}

/** The user as the API shows it. `enrolled` means: some session is ENROLLED (assumed from the documented sample). */
export function showUser(user: UserRecord, sessionsOfNewUser: 'absent' | 'empty'): UserView {
  const showSessions = user.sessions.length > 0 || sessionsOfNewUser === 'empty';
  return {
    id: user.id,
    last_connected_at: user.lastConnectedAt,
    enrolled: user.sessions.some((session) => session.state === 'ENROLLED'),
    locked: user.locked,
    ...(showSessions && { sessions: user.sessions.map(showSession) })
  };
}

/** The session as the API shows it. */
export function showSession(session: Session): SessionView {
  return {
    id: session.id,
    state: session.state,
    label: session.label,
    created_at: session.createdAt,
    last_authenticated_at: session.lastAuthenticatedAt,
    signed_out_at: session.signedOutAt,
    last_connected_at: session.lastConnectedAt,
    container: { version: '24.1.0', bundle_id: 'test.example.depot', platform: session.platform },
    runtime: { version: '4.90.1' },
    device: { id: session.deviceId }
  };
}
