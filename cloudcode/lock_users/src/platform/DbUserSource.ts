import type { FailureFacts } from '../requests/classify-response';
import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { Redact } from '../input/Secret';
import { readUserId } from '../input/user-ids';
import type { Selection, WhereClause } from '../input/where';
import type { Clock, UserIdPage, UserSource } from '../ports';
import { answerInTime } from '../requests/answer-in-time';
import { describeThrown, readFacts } from './database-errors';

/** The part of a `DB` query that is used here, as documented ("Querying DB objects", docs.journeyapps.com). */
interface DbQuery {
  where(text: string, ...values: unknown[]): DbQuery;
  orderBy(field: string): DbQuery;
  limit(count: number): DbQuery;
  skip(count: number): DbQuery;
  toArray(): PromiseLike<readonly unknown[]>;
}

/** The part of a `DB` collection that is used here. */
interface DbCollection {
  /** How the client describes the model (its public source, github.com/journeyapps-platform/journey-lib; not documented). */
  readonly type?: { readonly belongsTo?: object | null } | null;
  all(): DbQuery;
  where(text: string, ...values: unknown[]): DbQuery;
}

/** Reads the users out of the platform's `DB` global. */
export class DbUserSource implements UserSource {
  /**
   * @param db the platform's `DB`, or undefined where there is none
   * @param userModel the name of the app's user model
   * @param redact takes secrets out of errors of `db`
   */
  constructor(
    private readonly db: unknown,
    private readonly userModel: string,
    private readonly clock: Clock,
    private readonly redact: Redact
  ) {}

  async readUserIds(
    { where, userIds }: Selection,
    limit: number,
    skip: number,
    timeoutMs: number
  ): Promise<UserIdPage> {
    const collection = this.findCollection();
    let read: { readonly answer: readonly unknown[] } | undefined;
    try {
      const query = buildQuery(collection, { where, userIds });
      // Paging with `skip` needs an order that stays. That `id` can be sorted by is assumed: the documentation sorts
      // by fields of the model only, but the API takes `id` in queries.
      read = await answerInTime(this.clock, timeoutMs, query.orderBy('id').limit(limit).skip(skip).toArray());
    } catch (error) {
      throw readFailed(describeThrown(error, this.redact), where !== undefined, readFacts(error, this.redact));
    }
    if (read === undefined) throw readFailed(`no answer within ${timeoutMs / 1000} s`, false, { network: 'timeout' });
    const ids = read.answer.map((object) => readUserId((object as { id?: unknown } | null)?.id));
    const usable = ids.filter((id): id is string => id !== undefined);
    return { userIds: usable, malformed: ids.length - usable.length };
  }

  listRelations(): readonly string[] | undefined {
    const { type } = this.findCollection();
    return typeof type?.belongsTo === 'object' && type.belongsTo !== null ? Object.keys(type.belongsTo) : undefined;
  }

  private findCollection(): DbCollection {
    if (typeof this.db !== 'object' && typeof this.db !== 'function') {
      throw databaseUnavailable(
        'The DB global of the CloudCode runtime is not there.',
        'Run this as a CloudCode task.'
      );
    }
    const collection = (this.db as Record<string, unknown> | null)?.[this.userModel] as DbCollection | undefined;
    if (typeof collection?.all === 'function' && typeof collection.where === 'function') return collection;
    throw databaseUnavailable(
      `The app's data model has no model "${this.userModel}".`,
      ERROR_CATALOGUE.DATABASE_UNAVAILABLE.remedy
    );
  }
}

function buildQuery(
  collection: DbCollection,
  { where, userIds }: { readonly where: WhereClause | undefined; readonly userIds: readonly string[] | undefined }
): DbQuery {
  if (where === undefined) return userIds === undefined ? collection.all() : collection.where('id in ?', userIds);
  const query = collection.where(where.text, ...where.values);
  return userIds === undefined ? query : query.where('id in ?', userIds);
}

function databaseUnavailable(message: string, nextStep: string): LockUsersError {
  return new LockUsersError({ code: 'DATABASE_UNAVAILABLE', message, nextStep });
}

function readFailed(detail: string, filtered: boolean, facts: FailureFacts = {}): LockUsersError {
  return new LockUsersError({
    code: 'DATABASE_READ_FAILED',
    message: `The users could not be read from the app database: ${detail.replace(/\.$/, '')}.`,
    nextStep: filtered
      ? 'Check "where" against the data model, then run the task again.'
      : ERROR_CATALOGUE.DATABASE_READ_FAILED.remedy,
    ...facts
  });
}
