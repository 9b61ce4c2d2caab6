import { DatabaseObject } from './DatabaseObject';
import type { ObjectType } from './ObjectType';
import { Query } from './Query';
import { readObject } from './Source';
import type { Source } from './Source';

/** The objects of one model: `DB.user`. */
export class Collection {
  constructor(
    private readonly source: Source,
    readonly type: ObjectType
  ) {}

  all(): Query {
    return new Query(this.source, this.type);
  }

  /** As `all().where`. */
  where(...args: Parameters<Query['where']>): Query {
    return this.all().where(...args);
  }

  /**
   * The object with that id, for a single text whatever it is; else the first one that matches as in `where`; null where there is
   * none. A single null or undefined rejects, with text, because it is mostly an id that is missing.
   */
  async first(...args: Parameters<Query['where']>): Promise<DatabaseObject | null> {
    const [wanted] = args;
    const isMissing = args.length === 1 && (wanted === null || wanted === undefined);
    if (isMissing) return Promise.reject('first() takes an id or a query, not null or undefined.');
    if (args.length !== 1 || typeof wanted !== 'string') return this.where(...args).first();
    const shown = await readObject(this.source, this.type.name, wanted);
    return shown === null ? null : DatabaseObject.read(this.source, this.type, shown);
  }

  /** A new object; it is not saved before `save`. @throws Error where a value is of the wrong type */
  create(values?: Readonly<Record<string, unknown>> | null): DatabaseObject {
    return DatabaseObject.create(this.source, this.type, values);
  }
}
