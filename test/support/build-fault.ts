import type { ErrorCode } from '../../cloudcode/lock_users/src/error-catalogue';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';

/** The error of something outside that is down. */
export function buildFault(code: ErrorCode, status: number): LockUsersError {
  return new LockUsersError({ code, message: 'Down.', nextStep: 'Wait.', status });
}
