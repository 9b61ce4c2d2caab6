import { LockUsersError } from './errors';
import type { ErrorDetails } from './errors';

/** The parts of whatever was thrown; anything that is not ours is a bug, and says so. */
export function toErrorDetails(thrown: unknown): ErrorDetails {
  if (thrown instanceof LockUsersError) return thrown.parts;
  return {
    code: 'INVARIANT',
    message: `This is a bug in lock_users: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    nextStep: 'Please report it with the log of this run. Running the task again is safe.'
  };
}
