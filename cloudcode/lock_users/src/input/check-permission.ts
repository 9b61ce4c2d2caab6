import { ACTION_LABELS } from '../actions/action-labels';
import type { ErrorDetails } from '../errors';
import { invalidParameters } from './parameters';
import type { Parameters } from './parameters';
import type { Settings } from './settings';
import type { Action } from '../vocabulary';

/**
 * The largest plan that may be sent: the smaller of the deployment's limit and the caller's, Infinity where neither
 * is given.
 *
 * @throws LockUsersError `INVALID_PARAMETERS` where the caller asks for more than the deployment allows.
 */
export function resolveMaxUsers(
  settings: Pick<Settings, 'maxUsers'>,
  parameters: Pick<Parameters, 'maxUsers'>
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

/** Why a deployment that is not armed changes nobody, and how to arm it. */
export function describeNotArmed(): ErrorDetails {
  return {
    code: 'NOT_ARMED',
    message: 'This deployment is not armed, so the task only plans here.',
    nextStep:
      'To arm it, set the environment variable LOCK_USERS_ARMED to true in the deployment settings in OXIDE, save, and deploy the app.'
  };
}

/** Why a plan that is too large was not sent. */
export function describeTooManyUsers(action: Action, planned: number, maxUsers: number): ErrorDetails {
  return {
    code: 'TOO_MANY_USERS',
    message: `The run would ${ACTION_LABELS[action].verb} ${planned} users, and at most ${maxUsers} are allowed.`,
    nextStep: 'Select fewer users, or raise "maxUsers" or LOCK_USERS_MAX_USERS if so many are meant.'
  };
}
