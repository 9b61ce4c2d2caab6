import type { ErrorDetails } from '../errors';
import { readUserId } from '../input/user-ids';
import type { Reason } from '../users/UserState';
import { describePlatformError } from './describe-platform-error';

/**
 * What is known of one operation: it brought the user to the goal state; it failed, and was not carried out; the platform
 * refuses it however often it is sent; or it may have been carried out, in which case the users API is asked.
 */
export type OperationResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' | 'refused' | 'unsent' | 'unknown' | 'unconfirmed'; readonly reason: Reason };

/** What a batch says of one operation: also that it was not let through, and is to be sent again. */
export type BatchResult = OperationResult | { readonly kind: 'throttled'; readonly reason: Reason };

/** What most operations come to. */
const DONE: BatchResult = { kind: 'done' };

/** Error types of an operation that was not let through. Assumed: nothing is published; the words are those of other APIs. */
const THROTTLED = /THROTTL|RATE_?LIMIT|TOO_MANY_REQUESTS|SLOW_DOWN|QUOTA/i;

/** The error type of a fault of the server, after which an operation may have been carried out (documented for requests). */
const SERVER_FAULT = 'INTERNAL_SERVER_ERROR';

/**
 * One result per user of a batch, by position, whatever the answer looks like.
 *
 * By position and not by an echoed id, because what the platform echoes for `users/lock` is published nowhere; order
 * and length are relied on by the platform's own library. An echoed id is used for one thing only: where it
 * contradicts the position, neither is believed.
 *
 * @param userIds the users of the batch, in the order of its operations
 * @param body the parsed answer to the batch
 */
export function matchResults(userIds: readonly string[], body: unknown): BatchResult[] {
  const entries = (body as { operations?: unknown } | null | undefined)?.operations;
  if (!Array.isArray(entries)) {
    return userIds.map(() => unconfirmed('NO_RESULTS', 'The answer to the batch holds no results.'));
  }
  if (entries.length !== userIds.length) {
    const detail = `The answer to the batch holds ${entries.length} results for ${userIds.length} operations.`;
    return userIds.map(() => unconfirmed('RESULT_COUNT_DIFFERS', detail));
  }
  return userIds.map((userId, index) => matchResult(userId, entries[index]));
}

function matchResult(userId: string, entry: unknown): BatchResult {
  if (typeof entry !== 'object' || entry === null) {
    return unconfirmed('RESULT_MISSING', 'The answer to the batch holds no result for this user.');
  }
  const { success, error, user_id: echoedId, status } = entry as Record<string, unknown>;
  if (echoedId !== undefined && readUserId(echoedId) !== userId) {
    return unconfirmed('RESULT_OF_ANOTHER_USER', 'The result in this place of the answer names another user.');
  }
  const hasError = error !== undefined && error !== null;
  if (success === true && !hasError) return DONE;
  if (success !== true && hasError) {
    const reason = describePlatformError(error);
    if (status === 429 || THROTTLED.test(reason.type)) return { kind: 'throttled', reason };
    const isFault = reason.type === SERVER_FAULT || (typeof status === 'number' && status >= 500);
    return { kind: isFault ? 'unconfirmed' : 'failed', reason };
  }
  return unconfirmed('RESULT_UNCLEAR', 'The result for this user says neither success nor an error.');
}

function unconfirmed(type: string, detail: string): OperationResult {
  return { kind: 'unconfirmed', reason: { type, detail } };
}

/** An error as the reason of a user. */
export function toReason({ platformType, code, message }: ErrorDetails): Reason {
  return { type: platformType ?? code, detail: message };
}
