import type { BackendState } from './BackendState';

/** Whose devices sign in. */
export interface SignInRequest {
  /** Default: all users who are not locked. */
  readonly userIds?: readonly string[];
}

/** What came of it. */
export interface SignInResult {
  /** Users of whom a device signed in. */
  readonly users: number;
  /** Sessions that were `LOCKED` and are `ENROLLED`. */
  readonly sessions: number;
}

/**
 * People sign in on their devices again, after an undo for example. A locked user stays out, and a session on which a wipe is
 * pending stays `RESET`, as with a device of its own.
 *
 * @throws Error where the request is wrong, or there is no such user
 */
export function signInDevices(state: BackendState, request: SignInRequest): SignInResult {
  const userIds = readUserIds(request) ?? state.users().map(({ id }) => id);
  const unknown = userIds.find((id) => state.findUser(id) === undefined);
  if (unknown !== undefined) throw new Error(`There is no user with the id ${JSON.stringify(unknown)}.`);
  let [users, sessions] = [0, 0];
  for (const id of userIds) {
    const { locked, sessions: all } = state.user(id);
    if (locked || !all.some((session) => session.state === 'LOCKED')) continue;
    const user = state.userToChange(id);
    users++;
    user.lastConnectedAt = state.now();
    for (const session of user.sessions.filter((candidate) => candidate.state === 'LOCKED')) {
      sessions++;
      session.state = 'ENROLLED';
      session.lastAuthenticatedAt = state.now();
      session.lastConnectedAt = state.now();
    }
  }
  return { users, sessions };
}

function readUserIds(request: SignInRequest): readonly string[] | undefined {
  const unknown = Object.keys(request).find((name) => name !== 'userIds');
  if (unknown !== undefined) throw new Error(`There is no ${JSON.stringify(unknown)}. The body may have "userIds".`);
  // It comes from outside.
  const userIds: unknown = request.userIds;
  if (userIds === undefined) return undefined;
  if (Array.isArray(userIds) && userIds.every((id): id is string => typeof id === 'string')) return userIds;
  throw new Error('"userIds" must be a list of ids.');
}
