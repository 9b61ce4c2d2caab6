import { invalidParameters } from './parse-parameters';
import type { Parameters } from './parameters';
import type { Settings } from './settings';

/**
 * The largest plan that may be sent: the smaller of the deployment's limit and the caller's, Infinity where neither
 * is set.
 *
 * @throws LockUsersError `INVALID_PARAMETERS` where the caller asks for more than the deployment allows.
 */
export function resolveMaxUsers(
  settings: Pick<Settings, 'maxUsers'>,
  parameters: Partial<Pick<Parameters, 'maxUsers'>>
): number {
  const limit = settings.maxUsers ?? Infinity;
  const wanted = parameters.maxUsers ?? limit;
  if (wanted > limit) {
    throw invalidParameters([
      `"maxUsers" is ${wanted}, but LOCK_USERS_MAX_USERS allows ${limit} on this deployment; a parameter can only lower it.`
    ]);
  }
  return wanted;
}
