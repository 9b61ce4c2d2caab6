/**
 * What a run brings about for the selected users: they are locked; they are unlocked; or every session that was in the app
 * when the run began is signed out, and nobody is locked.
 */
export type Action = 'lock' | 'unlock' | 'reauthenticate';

/**
 * One entry of a batch that locks one user and keeps the data on every device.
 * The field names are the platform's (staff answers on devs.journeyapps.com, threads 504 and 1010). `wipe` has the
 * literal type `false`: what the server does without it is published nowhere, so it is never left out.
 */
export interface LockOperation {
  readonly method: 'users/lock';
  readonly user_id: string;
  readonly wipe: false;
}

/** Which backend deployment a run worked on, as its `info.json` names it; null where the platform gives no name. */
export interface Deployment {
  readonly label: string | null;
  readonly environment: string | null;
  readonly backendId: string;
}

/** What the users API says of one user, as far as a run needs it. */
export interface UserState {
  readonly userId: string;
  readonly locked: boolean;
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
}

/** Which users a run is about. Both given: those who match `where` and are named in `userIds`. Neither: everybody. */
export interface Selection {
  readonly where?: WhereClause;
  readonly userIds?: readonly string[];
}

/** A query text with `?` for every value, and the values, as `DB.<model>.where` takes them. */
export interface WhereClause {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The platform's reason, or ours, why a user is not where the run wants them, or may not be. */
export interface Reason {
  readonly type: string;
  readonly detail: string;
}

/** Whether any user may have been changed when something went wrong. */
export type UsersChanged = 'no' | 'yes' | 'maybe';
