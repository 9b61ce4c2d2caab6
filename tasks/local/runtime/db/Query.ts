import type { ApiConnection } from './ApiConnection';
import { Batch } from './Batch';
import { DatabaseObject } from './DatabaseObject';
import { listQueryFields } from './DataModel';
import type { ModelDescription } from './DataModel';

interface Refinements {
  readonly conditions: readonly string[];
  readonly values: readonly unknown[];
  readonly order: readonly string[];
  readonly limit?: number;
  readonly skip: number;
}

const NO_REFINEMENTS: Refinements = { conditions: [], values: [], order: [], skip: 0 };

/** A query on a model. Each refinement is a new query; nothing is sent until a result is asked for. */
export class Query {
  constructor(
    private readonly connection: ApiConnection,
    private readonly model: ModelDescription,
    private readonly refinements: Refinements = NO_REFINEMENTS
  ) {
    // As in the vendor's library: using a query as an array is a mistake that must not pass in silence.
    const throwHint = (): never => {
      throw new Error('A query is no array: use .toArray() for the objects and .count() for their number.');
    };
    Object.defineProperties(this, { length: { get: throwHint }, 0: { get: throwHint } });
  }

  /** @throws Error where a field is unknown, or there are more or fewer values than question marks */
  where(text?: string | Readonly<Record<string, unknown>>, ...values: unknown[]): Query {
    if (text === undefined) return this.refine({});
    if (typeof text === 'object') {
      return Object.entries(text).reduce((query: Query, [name, value]) => query.where(`${name} = ?`, value), this);
    }
    checkCondition(this.model, text, values);
    const { conditions, values: before } = this.refinements;
    return this.refine({ conditions: [...conditions, text], values: [...before, ...values] });
  }

  /** @param fields names of fields, with `-` before them for descending order */
  orderBy(...fields: string[]): Query {
    for (const field of fields) checkField(this.model, field.replace(/^-/, ''));
    return this.refine({ order: fields });
  }

  limit(count: number): Query {
    return this.refine({ limit: count });
  }

  skip(count: number): Query {
    return this.refine({ skip: count });
  }

  include(): never {
    throw new Error('The local DB client does not load relations with .include().');
  }

  /** All objects of the query, read page by page: the server gives at most 1000 at a time. */
  async toArray(): Promise<DatabaseObject[]> {
    const { limit = Infinity, skip } = this.refinements;
    const objects: DatabaseObject[] = [];
    while (objects.length < limit) {
      const page = await this.readPage(limit - objects.length, skip + objects.length);
      objects.push(...page.objects.map((shown) => DatabaseObject.read(this.connection, this.model, shown)));
      if (!page.more || page.objects.length === 0) break;
    }
    return objects;
  }

  async first(text?: string | Readonly<Record<string, unknown>>, ...values: unknown[]): Promise<DatabaseObject | null> {
    const [object] = await this.where(text, ...values)
      .limit(1)
      .toArray();
    return object ?? null;
  }

  /** The number of objects; it reads them all, as the vendor's library does. */
  async count(): Promise<number> {
    return (await this.toArray()).length;
  }

  async destroyAll(): Promise<void> {
    const batch = new Batch(this.connection);
    for (const object of await this.toArray()) batch.destroy(object);
    await batch.execute();
  }

  private refine(changes: Partial<Refinements>): Query {
    return new Query(this.connection, this.model, { ...this.refinements, ...changes });
  }

  private async readPage(
    limit: number,
    skip: number
  ): Promise<{ objects: Readonly<Record<string, unknown>>[]; more: boolean }> {
    const { conditions, values, order } = this.refinements;
    const wanted = Number.isFinite(limit) ? limit : '';
    const sort = order.map((field) => (field.startsWith('-') ? [field.slice(1), -1] : [field, 1]) as [string, number]);
    const answer =
      conditions.length === 0
        ? this.connection.get(
            `objects/${this.model.name}.json?limit=${wanted}&skip=${skip}${sort.map(([field, way]) => `&sort[${field}]=${way}`).join('')}`
          )
        : this.connection.post(`objects/${this.model.name}/query.json`, {
            expression:
              conditions.length === 1 ? conditions[0] : conditions.map((condition) => `(${condition})`).join(' and '),
            arguments: values,
            limit: wanted === '' ? null : wanted,
            skip,
            sort: Object.fromEntries(sort)
          });
    return (await answer) as { objects: Readonly<Record<string, unknown>>[]; more: boolean };
  }
}

function checkCondition(model: ModelDescription, text: string, values: readonly unknown[]): void {
  const marks = text.split('?').length - 1;
  if (marks !== values.length) throw new Error(`The query "${text}" has ${marks} "?" and ${values.length} values.`);
  for (const [, field = ''] of text.matchAll(
    /([A-Za-z_][A-Za-z0-9_]*)\s*(?:!?=|<|>|starts\s+with\b|contains\b|not\s+in\b|in\b)/gi
  )) {
    checkField(model, field);
  }
}

function checkField(model: ModelDescription, field: string): void {
  if (model.isUnread === true) return;
  if (!listQueryFields(model).includes(field)) throw new Error(`The model "${model.name}" has no field "${field}".`);
}
