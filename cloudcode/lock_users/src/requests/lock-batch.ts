import { InvariantError } from '../errors';
import { MAX_OPERATIONS_PER_BATCH } from '../platform-facts';

/**
 * One entry of a batch that locks one user and keeps the data on every device.
 * The field names are the platform's (staff answers on devs.journeyapps.com, threads 504 and 1010). `wipe` has the
 * literal type `false`: what the server does without it is published nowhere, so it is never left out.
 */
export interface LockOperation {
  readonly method: 'users/lock';
  readonly user_id: string;
  readonly wipe: false;
}

/**
 * One entry of a batch that unlocks one user. Assumed: no source shows it, so it is sent only where one user has shown that it works.
 */
export interface UnlockOperation {
  readonly method: 'users/unlock';
  readonly user_id: string;
}

/** What a batch may hold. */
export type UserOperation = LockOperation | UnlockOperation;

/** The operation that locks one user and keeps the data on the devices. The only place where one is built. */
export function buildLockOperation(userId: string): LockOperation {
  return { method: 'users/lock', user_id: userId, wipe: false };
}

/** The operation that unlocks one user. */
export function buildUnlockOperation(userId: string): UnlockOperation {
  return { method: 'users/unlock', user_id: userId };
}

/** The request body for a batch of operations. */
export function serializeLockBatch(operations: readonly UserOperation[]): string {
  return JSON.stringify({ operations });
}

/**
 * Proves on the very text that is about to be posted that it locks, or unlocks, `expectedCount` users, 1 to 1000, and wipes no
 * device: each operation has `method`, `user_id` and, where it locks, the literal `"wipe": false`, and nothing else; and all of
 * them do the same.
 *
 * Types cannot prove this: a cast, a misspelt key or a changed serializer would get past them, and a lost `wipe` may
 * erase a day of somebody's work.
 *
 * @throws InvariantError where it does not hold; the text must then not be sent.
 */
export function assertBatchKeepsData(body: string, expectedCount: number): void {
  const operations = (JSON.parse(body) as { operations: unknown }).operations;
  if (!Array.isArray(operations) || operations.length !== expectedCount) {
    throw new InvariantError(`a batch for ${expectedCount} users does not hold ${expectedCount} operations.`);
  }
  if (operations.length < 1 || operations.length > MAX_OPERATIONS_PER_BATCH) {
    throw new InvariantError(`a batch holds ${operations.length} operations.`);
  }
  const isUnlocking = isUnlock(operations[0]);
  operations.forEach((operation: unknown, index) => {
    if (isUnlocking ? isUnlock(operation) : isLockThatKeepsData(operation)) return;
    const expected = isUnlocking ? 'an unlock as the first one is' : 'a lock with "wipe": false';
    throw new InvariantError(`operation ${index} of a batch is not ${expected}, so it was not sent.`);
  });
}

function isUnlock(operation: unknown): boolean {
  if (typeof operation !== 'object' || operation === null) return false;
  const { method, user_id: userId } = operation as Record<string, unknown>;
  return (
    Object.keys(operation).length === 2 && method === 'users/unlock' && typeof userId === 'string' && userId !== ''
  );
}

function isLockThatKeepsData(operation: unknown): boolean {
  if (typeof operation !== 'object' || operation === null) return false;
  const { method, user_id: userId, wipe } = operation as Record<string, unknown>;
  return (
    Object.keys(operation).length === 3 &&
    method === 'users/lock' &&
    typeof userId === 'string' &&
    userId !== '' &&
    wipe === false
  );
}
