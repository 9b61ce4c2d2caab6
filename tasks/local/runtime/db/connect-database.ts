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
 * Where the data model cannot be read there are no models: on the platform it is a file beside the task, so a task
 * starts there whatever state the backend is in.
 */
export async function connectDatabase(options: ConnectionOptions): Promise<Database> {
  const connection = new ApiConnection(options);
  const { models } = await readDataModel(connection);
  const collections = Object.entries(models).map(([name, model]) => [name, new Collection(connection, model)]);
  class BoundBatch extends Batch {
    constructor() {
      super(connection);
    }
  }
  return { ...Object.fromEntries(collections), Batch: BoundBatch } as Database;
}

async function readDataModel(connection: ApiConnection): Promise<DataModel> {
  try {
    return (await connection.get('datamodel.json')) as DataModel;
  } catch {
    return { models: {} };
  }
}
