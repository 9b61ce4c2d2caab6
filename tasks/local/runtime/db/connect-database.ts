import pick from 'lodash/pick';
import { ApiConnection } from './ApiConnection';
import type { ConnectionOptions } from './ApiConnection';
import { Batch } from './Batch';
import { DatabaseObject } from './DatabaseObject';
import type { DataModel, ModelDescription } from './DataModel';
import { Query } from './Query';

/** The objects of one model. */
export class Collection {
  constructor(
    private readonly connection: ApiConnection,
    private readonly model: ModelDescription
  ) {}

  all(): Query {
    return new Query(this.connection, this.model);
  }

  where(...args: Parameters<Query['where']>): Query {
    return this.all().where(...args);
  }

  /** The first object of the query, or, for a single text without spaces, the object with this id. */
  first(...args: Parameters<Query['first']>): Promise<DatabaseObject | null> {
    const [text, ...values] = args;
    const isId = typeof text === 'string' && values.length === 0 && /^\S+$/.test(text);
    return isId ? this.all().first('id = ?', text) : this.all().first(...args);
  }

  create(attributes: Readonly<Record<string, unknown>> = {}): DatabaseObject {
    return DatabaseObject.create(this.connection, this.model, attributes);
  }
}

/** The platform's `DB`: a collection for each model, and `DB.Batch`. */
export type Database = Readonly<Record<string, Collection>> & { readonly Batch: new () => Batch };

/**
 * A `DB` for one backend, with the models that its `datamodel.json` names. `DB.<unknown model>` is undefined.
 * Where the data model cannot be read, every model seems to be there and each of its requests fails with the reason: on
 * the platform the data model is a file beside the task, so a task starts there whatever state the backend is in.
 */
export async function connectDatabase(options: ConnectionOptions): Promise<Database> {
  const connection = new ApiConnection(options);
  class BoundBatch extends Batch {
    constructor() {
      super(connection);
    }
  }
  try {
    const { models } = (await connection.get('datamodel.json')) as DataModel;
    const collections = Object.entries(models).map(([name, model]) => [name, new Collection(connection, model)]);
    return { ...Object.fromEntries(collections), Batch: BoundBatch } as Database;
  } catch (error) {
    return assumeModels(new UnreadConnection(options, error), { Batch: BoundBatch });
  }
}

/** Fails each request with the reason why the data model could not be read. */
class UnreadConnection extends ApiConnection {
  constructor(
    options: ConnectionOptions,
    private readonly reason: unknown
  ) {
    super(options);
  }

  override get(): Promise<never> {
    const reason = this.reason instanceof Error ? this.reason.message : String(this.reason);
    const error = new Error(`The data model could not be read: ${reason}`, { cause: this.reason });
    // With the status and type of the request that failed, as an error of any other request of DB has them.
    return Promise.reject(Object.assign(error, pick(this.reason, ['status', 'type', 'code'])));
  }

  override post(): Promise<never> {
    return this.get();
  }
}

function assumeModels(connection: ApiConnection, own: { readonly Batch: new () => Batch }): Database {
  return new Proxy(own, {
    get: (_own, name) => {
      if (name === 'Batch') return own.Batch;
      // `then` would make a promise of it.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return new Collection(connection, { name, isUnread: true, fields: {}, belongs_to: {} });
    }
  }) as unknown as Database;
}
