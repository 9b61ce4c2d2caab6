import { ERROR_CATALOGUE } from '../error-catalogue';
import { cleanDetails } from '../errors';
import type { ErrorCode } from '../error-catalogue';
import type { ErrorDetails } from '../errors';

/** Why a run did less than it could; the next step is the one of the code where no other is given. */
export function stopReason(
  code: ErrorCode,
  message: string,
  nextStep: string = ERROR_CATALOGUE[code].remedy
): ErrorDetails {
  return cleanDetails({ code, message, nextStep });
}

/** The next step where there is none. */
export const NO_ACTION_NEEDED = 'No action needed.';

/** `1 user`, `2 users`. */
export function countUsers(count: number): string {
  return `${count} ${count === 1 ? 'user' : 'users'}`;
}
