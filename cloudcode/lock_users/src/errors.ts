import { describeError } from './describe-error';
import { ERROR_CATALOGUE } from './error-catalogue';
import type { ErrorCode } from './error-catalogue';
import { cleanText, MAX_MESSAGE_BYTES, MAX_NAME_BYTES, MAX_NEXT_STEP_BYTES } from './outside-text';

/** Whether a run that stops for this reason must not go on by itself, whatever else it stopped for. */
export function isAlarm({ code }: Pick<ErrorDetails, 'code'>): boolean {
  return code === 'CANARY_FAILED' || code === 'SESSIONS_RESET';
}

/** What is known of an error: its code, what happened, what to do next, and what the platform said. */
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
  /**
   * Why there was no answer that could be read, where there was none. `unreachable`: the request never arrived, because the
   * connection was refused or the host is not known.
   */
  readonly network?: 'timeout' | 'connection' | 'unreachable' | 'garbled' | 'too large';
}

/**
 * Why a run, or one of its requests, could not go on. What became of one user is never one of these.
 *
 * The message is one line with the code and the next step. It says that no user was changed, which holds wherever it
 * is thrown out of `run`; later in a run the report says what holds then.
 */
export class LockUsersError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(details: ErrorDetails) {
    const cleaned = cleanDetails(details);
    super(`${cleaned.code}: ${describeError(cleaned, 'no')}`);
    this.name = 'LockUsersError';
    this.code = cleaned.code;
    this.details = cleaned;
  }
}

/** Thrown when something this task relies on does not hold: a bug of ours, to be reported. */
export class InvariantError extends LockUsersError {
  constructor(message: string) {
    super(toBug(message));
    // Unlike other errors this one can surface after batches were sent.
    this.message = `INVARIANT: ${describeError(this.details, 'maybe')}`;
    this.name = 'InvariantError';
  }
}

/** The details with their texts escaped and cut, because parts of them come from outside. */
export function cleanDetails(details: ErrorDetails): ErrorDetails {
  const { platformType } = details;
  return {
    ...details,
    message: cleanText(details.message, MAX_MESSAGE_BYTES),
    nextStep: cleanText(details.nextStep, MAX_NEXT_STEP_BYTES),
    ...(platformType !== undefined && { platformType: cleanText(platformType, MAX_NAME_BYTES) })
  };
}

/** The details of whatever was thrown; anything that is not ours is a bug, and says so. */
export function toErrorDetails(thrown: unknown): ErrorDetails {
  if (thrown instanceof LockUsersError) return thrown.details;
  return toBug(`${thrown instanceof Error ? thrown.message : String(thrown)}.`);
}

function toBug(message: string): ErrorDetails {
  return cleanDetails({
    code: 'INVARIANT',
    message: `This is a bug in lock_users: ${message}`,
    nextStep: ERROR_CATALOGUE.INVARIANT.remedy
  });
}
