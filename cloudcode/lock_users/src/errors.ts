import type { UsersChanged } from './vocabulary';

/**
 * Stable codes of everything that can stop a run, for programs; the message is for people.
 *
 * - `INVALID_PARAMETERS`: the trigger's parameters are wrong. Correct them and run again.
 * - `INVALID_SETTINGS`: an environment variable is missing or malformed. Correct it, save, deploy.
 * - `NOT_ARMED`: the deployment only plans, because `LOCK_USERS_ARMED` is not `true`. Normal until it is armed.
 * - `TOO_MANY_USERS`: the plan is larger than `maxUsers` or `LOCK_USERS_MAX_USERS` allows.
 * - `BACKEND_UNAUTHORIZED`: 401 or 403; the token is wrong, revoked, or of another deployment.
 * - `UNKNOWN_DEPLOYMENT`: 404 `ACCOUNT_NOT_FOUND`; the 24 hex digits in the address are not this backend's.
 * - `WRONG_ADDRESS`: any other 404, such as `ROUTE_ERROR`, or a redirect: there is no Backend API v4 at that address.
 * - `BACKEND_UNREACHABLE`: no answer: connection refused or dropped, name not found, time-out.
 * - `BACKEND_RATE_LIMITED`: 429; the deployment's request limit is used up.
 * - `BACKEND_UNAVAILABLE`: 5xx.
 * - `BACKEND_REJECTED`: any other status that is not 2xx.
 * - `BACKEND_PROTOCOL`: a 2xx answer that does not have the documented shape.
 * - `DATABASE_UNAVAILABLE`: the platform's `DB` global, or the user model in it, is not there.
 * - `DATABASE_READ_FAILED`: `DB` could not read the users.
 * - `RUN_UNDER_WAY`: another run holds the lease; this one has done nothing.
 * - `RUN_ENDED`: this very run, or this part of it, was carried out before, so this delivery changes nothing.
 * - `RECORD_FAILED`: the run's record in the app database cannot be read or written.
 * - `NO_RECORD`: a run cannot be undone because nothing was written down of it.
 * - `NOT_UNDOABLE`: a run cannot be undone because it never locked anybody, or has not begun.
 * - `ALREADY_UNDONE`: nobody is left whom the run that was to be undone locked. Normal.
 * - `QUEUED`: the run was not carried out here but ordered on the queue. Normal.
 * - `TIME_BUDGET`: the invocation's time is used up. The run continues by itself where the platform has a queue.
 * - `STALLED`: two invocations in a row changed nobody, or there were 1000 of them; the run gave up.
 * - `INVARIANT`: a bug in this task; the message says which belief did not hold.
 */
export type ErrorCode =
  | 'INVALID_PARAMETERS'
  | 'INVALID_SETTINGS'
  | 'NOT_ARMED'
  | 'TOO_MANY_USERS'
  | 'BACKEND_UNAUTHORIZED'
  | 'UNKNOWN_DEPLOYMENT'
  | 'WRONG_ADDRESS'
  | 'BACKEND_UNREACHABLE'
  | 'BACKEND_RATE_LIMITED'
  | 'BACKEND_UNAVAILABLE'
  | 'BACKEND_REJECTED'
  | 'BACKEND_PROTOCOL'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_READ_FAILED'
  | 'RUN_UNDER_WAY'
  | 'RUN_ENDED'
  | 'RECORD_FAILED'
  | 'NO_RECORD'
  | 'NOT_UNDOABLE'
  | 'ALREADY_UNDONE'
  | 'QUEUED'
  | 'TIME_BUDGET'
  | 'STALLED'
  | 'INVARIANT';

/** The parts of an error: the code, what happened, what to do next, and the platform's own words if it gave any. */
export interface ErrorDetails {
  readonly code: ErrorCode;
  /** One sentence or more: what happened. */
  readonly message: string;
  /** What the reader should do now. */
  readonly nextStep: string;
  /** The platform's error `type`, where the answer had one. */
  readonly platformType?: string;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** Milliseconds that the answer's `Retry-After` asks to wait. */
  readonly retryAfterMs?: number;
  /** Why there was no answer that could be read, where there was none. */
  readonly network?: 'timeout' | 'connection' | 'garbled';
}

const USERS_CHANGED_SENTENCE: Record<UsersChanged, string> = {
  no: 'No user was changed.',
  yes: 'Some users were changed before that.',
  maybe: 'Some users may have been changed.'
};

/** `what`, whether any user was changed, and the next step, as one line of text. */
export function describeError(parts: ErrorDetails, usersChanged: UsersChanged): string {
  return `${parts.message} ${USERS_CHANGED_SENTENCE[usersChanged]} ${parts.nextStep}`;
}

/**
 * Why a run, or one of its requests, could not go on. What became of one user is never one of these.
 *
 * The message is one line with the code and the next step. It says that no user was changed, which holds wherever it
 * is thrown out of `run`; later in a run the report says what holds then.
 */
export class LockUsersError extends Error {
  readonly code: ErrorCode;
  readonly parts: ErrorDetails;

  constructor(parts: ErrorDetails) {
    super(`${parts.code}: ${describeError(parts, 'no')}`);
    this.name = 'LockUsersError';
    this.code = parts.code;
    this.parts = parts;
  }
}

/** Thrown when something this task relies on does not hold: a bug of ours, to be reported. */
export class InvariantError extends LockUsersError {
  constructor(what: string) {
    super({
      code: 'INVARIANT',
      message: `This is a bug in lock_users: ${what}`,
      nextStep: 'Please report it with the log of this run. Running the task again is safe.'
    });
    // Unlike other errors this one can surface after batches were sent.
    this.message = `INVARIANT: ${describeError(this.parts, 'maybe')}`;
    this.name = 'InvariantError';
  }
}
