import { UserFlags } from './UserFlags';
import type { SessionState, UserState } from './UserState';

/**
 * Where a user is. `signedOut`: locked, and each of their devices has been seen since it was signed out, so that it shows the login
 * screen; or they were on no device. `notSeenSince`: locked, and a device has not been seen since, so that it may still work offline.
 * `unlocked`: they may come in. `unknown`: the users API does not show it.
 */
export type Whereabouts = 'signedOut' | 'notSeenSince' | 'unlocked' | 'unknown';

/** A user as a report of the action `status` names them. */
export interface LocatedUser {
  readonly userId: string;
  readonly state: Whereabouts;
  /** Whether a device of theirs is in the app. */
  readonly isIn: boolean;
  /** When a device of theirs was last seen; of those that were not seen since, if there are any. Null where nothing says so. */
  readonly lastConnectedAtMs: number | null;
}

/** How many users are where, and some of them. */
export interface Located {
  readonly counts: Readonly<Record<Whereabouts, number>>;
  /** How many of the unlocked users are in the app. */
  readonly inApp: number;
  readonly users: readonly LocatedUser[];
}

/** In the order in which they are named: first those who may be in although they should be out. */
const STATES: readonly Whereabouts[] = ['notSeenSince', 'unlocked', 'unknown', 'signedOut'];

const IS_IN = 8;
const SEEN = 16;

const FIRST_CAPACITY = 1024;

/** What the users API has shown of each user, in a few bytes, so that a million users fit. */
export class WhoIsOut {
  private readonly users = new UserFlags();
  /** NaN: unknown. */
  private lastConnectedAtMs = new Float64Array(FIRST_CAPACITY);

  /** The users API shows a user; the last time counts. */
  see(shown: UserState): void {
    const user = this.users.add(shown.userId);
    if (user >= this.lastConnectedAtMs.length) {
      const old = this.lastConnectedAtMs;
      this.lastConnectedAtMs = new Float64Array(old.length * 2);
      this.lastConnectedAtMs.set(old);
    }
    const { state, sessions } = locate(shown);
    this.users.set(user, SEEN | STATES.indexOf(state) | (shown.enrolled ? IS_IN : 0));
    this.lastConnectedAtMs[user] = Math.max(...sessions.map(({ lastConnectedAtMs }) => lastConnectedAtMs ?? NaN));
  }

  /**
   * Where users are; who was not shown is unknown.
   *
   * @param most how many are named at most
   */
  locate(userIds: Iterable<string>, most: number): Located {
    const counts = { signedOut: 0, notSeenSince: 0, unlocked: 0, unknown: 0 };
    let inApp = 0;
    const named = new Map(STATES.map((state) => [state, [] as LocatedUser[]]));
    for (const userId of userIds) {
      const user = this.find(userId);
      counts[user.state]++;
      if (user.state === 'unlocked' && user.isIn) inApp++;
      const list = named.get(user.state);
      if (list !== undefined && list.length < most) list.push(user);
    }
    return { counts, inApp, users: [...named.values()].flat().slice(0, most) };
  }

  private find(userId: string): LocatedUser {
    const user = this.users.find(userId);
    const flags = user === undefined ? 0 : this.users.get(user);
    if (user === undefined || (flags & SEEN) === 0) {
      return { userId, state: 'unknown', isIn: false, lastConnectedAtMs: null };
    }
    const lastConnectedAtMs = this.lastConnectedAtMs[user] ?? NaN;
    return {
      userId,
      state: STATES[flags & 3] ?? 'unknown',
      isIn: (flags & IS_IN) !== 0,
      lastConnectedAtMs: Number.isFinite(lastConnectedAtMs) ? lastConnectedAtMs : null
    };
  }
}

/** Where a user is, and the sessions that say so. */
function locate({ locked, enrolled, sessions }: UserState): {
  readonly state: Whereabouts;
  readonly sessions: readonly SessionState[];
} {
  const devices = sessions.filter(({ state }) => state !== 'NEVER_ENROLLED');
  if (locked !== true) return { state: locked === null ? 'unknown' : 'unlocked', sessions: devices };
  const notSeen = devices.filter((session) => wasSeenSince(session) === false);
  if (notSeen.length > 0) return { state: 'notSeenSince', sessions: notSeen };
  const isSure = devices.every((session) => wasSeenSince(session) === true) && !(enrolled && devices.length === 0);
  return { state: isSure ? 'signedOut' : 'unknown', sessions: devices };
}

/**
 * Whether a device of a locked user was seen after it was signed out; undefined where nothing says so. Times have whole seconds
 * (documented samples): seen in the same second is not seen since.
 */
function wasSeenSince({ state, signedOutAtMs, lastConnectedAtMs = null }: SessionState): boolean | undefined {
  if (state === 'ENROLLED') return false;
  if ((state !== 'LOCKED' && state !== 'RESET') || signedOutAtMs === null || lastConnectedAtMs === null)
    return undefined;
  return lastConnectedAtMs > signedOutAtMs;
}
