import { LockUsersError } from './errors';
import type { ErrorParts } from './errors';

/** The parts of whatever was thrown; anything that is not ours is a bug, and says so. */
export function toErrorParts(thrown: unknown): ErrorParts {
  if (thrown instanceof LockUsersError) return thrown.parts;
  return {
    code: 'INVARIANT',
    what: `This is a bug in lock_users: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    nextStep: 'Please report it with the log of this run. Running the task again is safe.'
  };
}
