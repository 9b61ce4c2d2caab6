import type { UserState } from '../../cloudcode/lock_users/src/users/UserState';
import { userId } from './user-id';

/** What the users API shows of test user number `n`: with one session in the app where unlocked, and so many that are RESET. */
export function shownUser(n: number, locked = false, resetSessions = 0): UserState {
  const never = { signedOutAtMs: null, authenticatedAtMs: null };
  const reset = Array.from({ length: resetSessions }, (_, i) => ({ sessionId: `r${i}`, state: 'RESET', ...never }));
  const own = { sessionId: `s${n}`, state: locked ? 'LOCKED' : 'ENROLLED', ...never };
  return { userId: userId(n), locked, enrolled: !locked, sessions: [own, ...reset] };
}
