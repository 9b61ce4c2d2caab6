import { ApiConnection } from './ApiConnection';
import type { ConnectionOptions } from './ApiConnection';
import { Batch } from './Batch';
import { Collection } from './Collection';
import type { DataModel } from './DataModel';
import { DatabaseObject } from './DatabaseObject';
import { ObjectType, UnreadObjectType } from './ObjectType';
import { EVERYTHING, Query } from './Query';
import type { Property, Source } from './Source';

/** The platform's `DB`: a collection for each model, and `DB.Batch`. */
export type Database = Readonly<Record<string, Collection>> & { readonly Batch: new () => Batch };

/**
 * A `DB` for one backend, with the models that its `datamodel.json` names. `DB.<unknown model>` is undefined.
 * Where the data model cannot be read, every model seems to be there and each of its requests fails with the reason: on
 * the platform the data model is a file beside the task, so a task starts there whatever state the backend is in.
 */
export async function connectDatabase(options: ConnectionOptions): Promise<Database> {
  const connection = new ApiConnection(options);
  const own = { Batch: bindBatch(connection) };
  try {
    const { models } = (await connection.get('datamodel.json')) as DataModel;
    const types = Object.entries(models).map(([name, model]) => [name, new ObjectType(model)] as const);
    const source = createSource(connection, new Map(types));
    return {
      ...Object.fromEntries(types.map(([name, type]) => [name, new Collection(source, type)])),
      ...own
    } as Database;
  } catch (error) {
    return assumeModels(createSource(new UnreadConnection(options, error), new Map()), own);
  }
}

function bindBatch(connection: ApiConnection): new () => Batch {
  return class BoundBatch extends Batch {
    constructor() {
      super(connection);
    }
  };
}

function createSource(connection: ApiConnection, types: ReadonlyMap<string, ObjectType>): Source {
  const properties = new Map<ObjectType, readonly Property[]>();
  const source: Source = {
    connection,
    types,
    propertiesOf(type) {
      const known = properties.get(type) ?? DatabaseObject.describeProperties(type);
      properties.set(type, known);
      return known;
    },
    select: (type, condition) => new Query(source, type, { ...EVERYTHING, condition })
  };
  return source;
}

/** What a failed request of the API may tell. */
interface RequestFailure {
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  readonly message?: string;
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
    const { status, type, code, message = String(this.reason) } = this.reason as RequestFailure;
    const reason = status === undefined ? message : `GET datamodel.json failed with status ${status}`;
    const error = new Error(`The data model could not be read: ${reason}`, { cause: this.reason });
    // With the status and type of the request that failed, as an error of any other request of DB has them.
    return Promise.reject(
      Object.assign(
        error,
        status !== undefined && { status },
        type !== undefined && { type },
        code !== undefined && { code }
      )
    );
  }

  override post(): Promise<never> {
    return this.get();
  }
}

function assumeModels(source: Source, own: { readonly Batch: new () => Batch }): Database {
  return new Proxy(own, {
    get: (_own, name) => {
      if (name === 'Batch') return own.Batch;
      // `then` would make a promise of it.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return new Collection(source, new UnreadObjectType(name));
    }
  }) as unknown as Database;
}
