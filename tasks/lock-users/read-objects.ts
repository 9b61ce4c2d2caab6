import { ERROR_CATALOGUE } from '../../cloudcode/lock_users/src/error-catalogue';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import { describeThrown, readFacts } from '../../cloudcode/lock_users/src/platform/database-errors';
import type { DatabaseObject } from '../local/runtime/db/DatabaseObject';
import type { Query } from '../local/runtime/db/Query';
import type { Connection } from './connect';

/**
 * All objects of a query, by ascending id.
 *
 * @throws LockUsersError where they cannot be read
 */
export function readObjects({ openContext, settings }: Connection, query: Query): Promise<DatabaseObject[]> {
  return openContext().sender.read('database', async () => {
    try {
      return await query.orderBy('id').toArray();
    } catch (error) {
      throw databaseFailed('The app database could not be read', error, settings);
    }
  });
}

/** An error of `DB` as one of ours, without the token. @param what a sentence that the reason goes on with */
export function databaseFailed(
  what: string,
  error: unknown,
  { token: { redact } }: Pick<Connection['settings'], 'token'>
): LockUsersError {
  return new LockUsersError({
    code: 'DATABASE_READ_FAILED',
    message: `${what}: ${describeThrown(error, redact).replace(/\.$/, '')}.`,
    nextStep: ERROR_CATALOGUE.DATABASE_READ_FAILED.remedy,
    ...readFacts(error, redact)
  });
}
