import { readUserId } from '../input/user-ids';
import type { UserState } from '../users/UserState';
import { ShownSession } from './ShownSession';

/** A user as the users API shows them; undefined where the entry names none. */
export function readUserState(entry: unknown): UserState | undefined {
  const { id, locked, enrolled, sessions } = (entry ?? {}) as Record<string, unknown>;
  const userId = readUserId(id);
  if (userId === undefined) return undefined;
  const list = Array.isArray(sessions) ? sessions.map(readSession) : undefined;
  return {
    userId,
    locked: typeof locked === 'boolean' ? locked : null,
    // A user that cannot be told to be out of the app counts as in it, so that nobody is left alone by mistake.
    enrolled: typeof enrolled === 'boolean' ? enrolled : (list?.some(isEnrolled) ?? true),
    sessions: list ?? []
  };
}

function readSession(session: unknown): ShownSession {
  return new ShownSession((session ?? {}) as Record<string, unknown>);
}

function isEnrolled({ state }: ShownSession): boolean {
  return state === 'ENROLLED';
}
