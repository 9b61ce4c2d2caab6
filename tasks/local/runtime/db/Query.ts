import chunk from 'lodash/chunk';
import { Batch } from './Batch';
import { matchFields, writeCondition } from './Condition';
import type { Condition } from './Condition';
import { DatabaseObject } from './DatabaseObject';
import type { ObjectType } from './ObjectType';
import { parseWhere } from './parse-where';
import type { ShownObject, Source } from './Source';

/** Ids in one request for related objects. */
const IDS_IN_REQUEST = 1000;

/** What a query is about: which objects, in which order, from where on, and what is loaded beside them. */
export interface Selection {
  readonly condition: Condition;
  readonly order: readonly string[];
  /** Undefined or 0: all objects. */
  readonly limit?: number | null;
  readonly skip: number;
  /** Paths of relations, such as `depot.region`. */
  readonly included: readonly string[];
}

/** Every object of a model. */
export const EVERYTHING: Selection = { condition: { kind: 'all' }, order: [], skip: 0, included: [] };

function throwHint(): never {
  throw new Error('A query is no array: use .toArray() for the objects and .count() for their number.');
}

/** As in the vendor's library: using a query as an array is a mistake that must not pass in silence. */
const ARRAY_LIKE = { length: { get: throwHint }, 0: { get: throwHint } };

/** A query on a model. Each refinement is a new query; nothing is sent until a result is asked for. */
export class Query {
  constructor(
    private readonly source: Source,
    readonly type: ObjectType,
    private readonly selection: Selection = EVERYTHING
  ) {
    Object.defineProperties(this, ARRAY_LIKE);
  }

  /**
   * Objects that also match `{ field: value }`, or text with `?` for each value. Without anything it is the same query.
   *
   * @throws Error where the text is not one that the vendor's library takes, or a field is unknown
   */
  where(...args: [wanted?: unknown, ...values: unknown[]]): Query {
    if (args.length === 0) return this.refine({});
    const [wanted, ...values] = args;
    const added =
      typeof wanted === 'object'
        ? matchFields(this.type, (wanted ?? {}) as Readonly<Record<string, unknown>>)
        : parseWhere(this.type, wanted, values);
    return this.refine({ condition: { kind: 'and', parts: [this.selection.condition, added] } });
  }

  /**
   * @param fields names of fields, with `-` before them for descending order. They replace an earlier order, and the client does
   *   not check them.
   */
  orderBy(...fields: string[]): Query {
    return this.refine({ order: fields });
  }

  /** @param count 0 means all. Above 1000 the result is wrong; see `toArray`. */
  limit(count: number): Query {
    return this.refine({ limit: count });
  }

  skip(count: number): Query {
    return this.refine({ skip: count });
  }

  /** Loads the objects that these relations lead to with the query: `depot`, `depot.region`. */
  include(...relations: string[]): Query {
    return this.refine({ included: [...this.selection.included, ...relations] });
  }

  /**
   * All objects of the query, read page by page: the server gives at most 1000 at a time.
   *
   * As observed of the vendor's library, a limit above 1000 that is no multiple of it gives objects of the second page twice and
   * leaves others out: the number of objects in the last, shorter request is also what it skips by.
   */
  async toArray(): Promise<DatabaseObject[]> {
    const shown = await this.readShown();
    const objects = shown.map((object) => DatabaseObject.read(this.source, this.type, object));
    await this.loadIncluded(this.type, objects, this.selection.included);
    return objects;
  }

  /** The first object, or null; with arguments, of those that also match as in `where`. */
  async first(...args: Parameters<Query['where']>): Promise<DatabaseObject | null> {
    if (args.length > 0) return this.where(...args).first();
    const [shown] = await this.limit(1).readShown();
    return shown === undefined ? null : DatabaseObject.read(this.source, this.type, shown);
  }

  /** The number of objects; it reads them all, as the vendor's library does. */
  async count(): Promise<number> {
    return (await this.readShown()).length;
  }

  /** @throws as `Batch.execute` */
  async destroyAll(): Promise<void> {
    const batch = new Batch(this.source.connection);
    for (const object of await this.toArray()) batch.destroy(object);
    await batch.execute();
  }

  private refine(changes: Partial<Selection>): Query {
    return new Query(this.source, this.type, { ...this.selection, ...changes });
  }

  private async readShown(): Promise<ShownObject[]> {
    const { limit: wanted } = this.selection;
    const objects: ShownObject[] = [];
    let [limit, skip] = [wanted, this.selection.skip];
    for (;;) {
      const page = await this.readPage(limit, skip);
      // An answer without a list counts as an empty page there.
      const shown = page.objects ?? [];
      objects.push(...shown);
      if (!page.more || (wanted && objects.length >= wanted)) return objects;
      limit = shown.length;
      if (wanted && objects.length + limit > wanted) limit = wanted % limit;
      skip += limit;
    }
  }

  private async readPage(limit: number | null | undefined, skip: number): Promise<Page> {
    const { connection } = this.source;
    const { condition, order } = this.selection;
    const { expression, values } = writeCondition(condition);
    const [wanted, from] = [limit, skip].map((count) => (count && count > 0 ? count : null));
    if (expression !== '') {
      const body = { expression, arguments: values, limit: wanted, skip: from, sort: order };
      return (await connection.post(`objects/${this.type.name}/query.json`, body)) as Page;
    }
    const sort = order.map((name) => (name.startsWith('-') ? [name.slice(1), -1] : [name, 1]) as [string, number]);
    const sorting = sort.map(([name, way]) => `${encodeURIComponent(`sort[${name}]`)}=${way}`).join('&');
    const query = [`limit=${wanted ?? ''}`, `skip=${from ?? ''}`, sorting].join('&');
    return (await connection.get(`objects/${this.type.name}.json?${query}`)) as Page;
  }

  private async loadIncluded(
    type: ObjectType,
    objects: readonly DatabaseObject[],
    paths: readonly string[]
  ): Promise<void> {
    const names = new Set(paths.map((path) => path.split('.')[0] ?? ''));
    for (const name of names) {
      const related = this.source.types.get(type.findRelation(name)?.model ?? '');
      if (related === undefined) throw new Error(`"${type.name}.${name}" is no relation that can be included.`);
      const found = await this.readByIds(
        related,
        objects.map((object) => object[`${name}_id`])
      );
      for (const object of objects) {
        DatabaseObject.noteRelated(object, name, found.get(object[`${name}_id`]) ?? null);
      }
      const deeper = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
      await this.loadIncluded(related, [...found.values()], deeper);
    }
  }

  private async readByIds(type: ObjectType, ids: readonly unknown[]): Promise<Map<unknown, DatabaseObject>> {
    const found = new Map<unknown, DatabaseObject>();
    for (const part of chunk(ids, IDS_IN_REQUEST)) {
      const attribute = { kind: 'field', name: 'id' } as const;
      const value = part.filter((id) => id !== null);
      const condition = { kind: 'compare', attribute, operator: 'in', value } as const;
      for (const object of await new Query(this.source, type, { ...EVERYTHING, condition }).toArray()) {
        found.set(object.id, object);
      }
    }
    return found;
  }
}

interface Page {
  readonly objects?: readonly ShownObject[];
  readonly more?: boolean;
}
