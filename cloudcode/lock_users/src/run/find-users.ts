import { LockUsersError } from '../errors';
import { isAddressable } from '../input/user-ids';
import type { UserState } from '../users/UserState';
import type { RunContext } from './RunContext';

/** Users that are asked for one by one at most, beside the list. Ours: a hundred requests take 6 s at the default pace. */
export const MAX_USERS_ONE_BY_ONE = 100;

/** What the users API says of single users. */
export interface FoundUsers {
  readonly found: readonly UserState[];
  /** Ids that the platform says are no users. */
  readonly absent: readonly string[];
  /** Whether each of them was asked for and answered. */
  readonly isKnown: boolean;
}

/**
 * Asks for users one by one. Where there are too many, or the platform does not answer such requests, nothing is known.
 *
 * @param most how many are asked for at most. Default: 100
 * @throws LockUsersError where the run has to stop
 */
export async function findUsersById(
  { sender, ports }: RunContext,
  userIds: readonly string[],
  most = MAX_USERS_ONE_BY_ONE
): Promise<FoundUsers> {
  const found: UserState[] = [];
  const absent: string[] = [];
  if (userIds.length > most || !userIds.every(isAddressable)) return { found, absent, isKnown: false };
  for (const userId of userIds) {
    const result = await sender.send({
      kind: 'users',
      operations: 0,
      attemptsBefore: 0,
      attempt: (timeoutMs) => ports.backend.readUserState(userId, timeoutMs)
    });
    if (result.kind === 'answered') {
      if (result.answer === undefined) absent.push(userId);
      else found.push(result.answer);
    } else if (sender.stop !== undefined) throw new LockUsersError(sender.stop);
    else return { found, absent, isKnown: false };
  }
  return { found, absent, isKnown: true };
}
