import { readUserId } from '../input/user-ids';
import type { UserState } from '../users/UserState';
import { ShownSession } from './ShownSession';

/** A user as the users API shows them; undefined where the entry names none. */
export function readUserState(entry: unknown): UserState | undefined {
  const { id, locked, enrolled, sessions } = (entry ?? {}) as Record<string, unknown>;
  const userId = readUserId(id);
  if (userId === undefined) return undefined;
  const list = (Array.isArray(sessions) ? (sessions as unknown[]) : []).map(
    (session) => new ShownSession((session ?? {}) as Record<string, unknown>)
  );
  // A user that cannot be told to be out of the app counts as in it, so that nobody is left alone by mistake.
  const isIn = Array.isArray(sessions) ? list.some(({ state }) => state === 'ENROLLED') : true;
  return {
    userId,
    locked: typeof locked === 'boolean' ? locked : null,
    enrolled: typeof enrolled === 'boolean' ? enrolled : isIn,
    sessions: list
  };
}
