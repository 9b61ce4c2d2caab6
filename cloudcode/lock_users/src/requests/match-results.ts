import type { ErrorDetails } from '../errors';
import type { Reason } from '../users/UserState';
import { describePlatformError } from './describe-platform-error';

/**
 * What is known of one operation: it brought the user to the goal state; it failed; the platform refuses it however
 * often it is sent; or nothing that can be relied on, in which case the users API is asked.
 */
export type OperationResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' | 'refused'; readonly reason: Reason }
  | { readonly kind: 'unconfirmed'; readonly reason: Reason };

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
export function matchResults(userIds: readonly string[], body: unknown): OperationResult[] {
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

function matchResult(userId: string, entry: unknown): OperationResult {
  if (typeof entry !== 'object' || entry === null) {
    return unconfirmed('RESULT_MISSING', 'The answer to the batch holds no result for this user.');
  }
  const { success, error, user_id: echoedId } = entry as Record<string, unknown>;
  if (echoedId !== undefined && echoedId !== userId) {
    return unconfirmed('RESULT_OF_ANOTHER_USER', 'The result in this place of the answer names another user.');
  }
  const hasError = error !== undefined && error !== null;
  if (success === true && !hasError) return { kind: 'done' };
  if (success !== true && hasError) return { kind: 'failed', reason: describePlatformError(error) };
  return unconfirmed('RESULT_UNCLEAR', 'The result for this user says neither success nor an error.');
}

function unconfirmed(type: string, detail: string): OperationResult {
  return { kind: 'unconfirmed', reason: { type, detail } };
}

/** An error as the reason of a user. */
export function toReason({ platformType, code, message }: ErrorDetails): Reason {
  return { type: platformType ?? code, detail: message };
}
