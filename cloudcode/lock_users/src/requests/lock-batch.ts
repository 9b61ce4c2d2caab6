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

/** How the text of a batch begins. */
const BEGINNING = '{"operations":[';

/** A text in JSON that is not empty, as `JSON.stringify` writes it. */
const PLAIN = String.raw`[^"\\\x00-\x1f]*`;
const ID = String.raw`"(?!")${PLAIN}(?:\\(?:["\\/bfnrt]|u[\da-f]{4})${PLAIN})*"`;

/** The text of an operation. Of a key that stands twice, a server may read either, so it is the text that is looked at, not its value. */
const LOCK = String.raw`\{"method":"users/lock","user_id":${ID},"wipe":false\}`;
const UNLOCK = String.raw`\{"method":"users/unlock","user_id":${ID}\}`;

/** What follows an operation: another one, or the end of the batch. */
const FURTHER = String.raw`(?:,(?!$)|\]\}$)`;

/** The request body for a batch of operations. */
export function serializeLockBatch(operations: readonly UserOperation[]): string {
  return JSON.stringify({ operations });
}

/**
 * Proves on the very text that is about to be posted that it locks, or unlocks, `expectedCount` users, 1 to 1000, and wipes no
 * device: each operation is, letter by letter, a lock with `"wipe":false` or an unlock, with a user id and nothing else; and all of
 * them do the same.
 *
 * Types cannot prove this: a cast, a misspelt key or a changed serializer would get past them, and a lost `wipe` may
 * erase a day of somebody's work.
 *
 * @throws InvariantError where it does not hold; the text must then not be sent.
 */
export function assertBatchKeepsData(body: string, expectedCount: number): void {
  if (expectedCount < 1 || expectedCount > MAX_OPERATIONS_PER_BATCH) {
    throw new InvariantError(`a batch holds ${expectedCount} operations.`);
  }
  const isUnlocking = body.startsWith('{"method":"users/unlock"', BEGINNING.length);
  const operation = new RegExp(`${isUnlocking ? UNLOCK : LOCK}${FURTHER}`, 'y');
  let count = 0;
  if (body.startsWith(BEGINNING)) {
    operation.lastIndex = BEGINNING.length;
    for (; operation.lastIndex < body.length; count++) {
      if (operation.test(body)) continue;
      const expected = isUnlocking ? 'an unlock as the first one is' : 'a lock with "wipe": false';
      throw new InvariantError(`operation ${count} of a batch is not ${expected}, so it was not sent.`);
    }
  }
  if (count !== expectedCount) {
    throw new InvariantError(`a batch for ${expectedCount} users does not hold ${expectedCount} operations.`);
  }
}
