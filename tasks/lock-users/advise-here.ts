import type { ErrorCode } from '../../cloudcode/lock_users/src/error-catalogue';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import type { Target } from './read-target';

/**
 * The same error with what to do about it here. The task's own advice names the variables in OXIDE; a command has its address and its
 * token from elsewhere.
 */
export function adviseHere(error: LockUsersError, { sources }: Pick<Target, 'sources'>): LockUsersError {
  const { address, token } = sources;
  const advice: Readonly<Partial<Record<ErrorCode, string>>> = {
    INVALID_SETTINGS: 'Correct "variables" of the deployment in .journeyrc.',
    BACKEND_UNAUTHORIZED: `Check ${token}: it has to be a named token of this very deployment, from the "Manage API" page of the data browser.`,
    UNKNOWN_DEPLOYMENT: `Check the 24 hex digits in ${address}: the id of the backend deployment, not the one that OXIDE shows.`,
    WRONG_ADDRESS: `Check ${address} against the "Manage API" page of the data browser.`,
    BACKEND_UNREACHABLE: `Check the host in ${address} and the network, then try again.`,
    BACKEND_UNAVAILABLE: 'Wait a few minutes, then try again.',
    BACKEND_PROTOCOL: `Check ${address}; if it is right, try again.`
  };
  const nextStep = advice[error.code];
  // The advice after 403 is about the token's rights, which are the same everywhere.
  return nextStep === undefined || error.details.status === 403
    ? error
    : new LockUsersError({ ...error.details, nextStep });
}
