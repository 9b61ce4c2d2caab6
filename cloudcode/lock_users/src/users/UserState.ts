/** What the users API says of one user, as far as a run needs it. */
export interface UserState {
  readonly userId: string;
  /** Null where the users API does not say. */
  readonly locked: boolean | null;
  /** Whether the user is in the app on some device. */
  readonly enrolled: boolean;
  readonly sessions: readonly SessionState[];
}

/** What the users API says of one session: one device that is or was signed in. */
export interface SessionState {
  readonly sessionId: string;
  /** `ENROLLED`, `LOCKED`, `RESET` or `NEVER_ENROLLED` (documented: "Manage app users and sessions"). */
  readonly state: string;
  /** When it was last signed out, which stays after it was signed in again; null where it never was or nothing says so. */
  readonly signedOutAtMs: number | null;
  /** When it was last signed in; null where nothing says so. */
  readonly authenticatedAtMs: number | null;
  /** When its device last made a call; null or absent where nothing says so. */
  readonly lastConnectedAtMs?: number | null;
}

/** The platform's reason, or ours, why a user is not in the goal state, or may not be. */
export interface Reason {
  readonly type: string;
  readonly detail: string;
}
