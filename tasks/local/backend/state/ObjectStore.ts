import { compareValues, evaluateExpression } from '../query/evaluate-expression';
import type { ListQuery } from '../query/ListQuery';
import type { Field, Model } from './DataModel';
import { isRelationId, showValue } from './field-values';
import type { Value } from './field-values';
import { formatDisplay } from './format-display';
import type { FindRelated } from './format-display';
import { History } from './History';

/** An object of a model as it is kept. */
export interface StoredObject {
  readonly id: string;
  updatedAt: string;
  values: Map<string, Value>;
}

/** The objects of one model. */
export class ObjectStore {
  private readonly objects = new Map<string, StoredObject>();
  /** The last list, because a caller who pages asks for the same one again and again. */
  private lastList: { readonly key: string; readonly objects: readonly StoredObject[] } | undefined;

  /** Names as the API shows them; those of relations have no field. */
  private readonly shownFields: readonly (readonly [string, Field | undefined])[];

  private readonly history: History<StoredObject>;
  /** Names of the fields with multiple choices. */
  private readonly lists: ReadonlySet<string>;

  /** @param find finds the objects that belongs-to relations lead to */
  constructor(
    readonly model: Model,
    nowMs: () => number,
    private readonly find: FindRelated
  ) {
    this.history = new History((object) => ({ ...object, values: new Map(object.values) }), nowMs);
    const relations = [...model.belongsTo.keys()].map((name) => [`${name}_id`, undefined] as const);
    this.shownFields = [...model.fields, ...relations];
    const fields = [...model.fields.values()];
    this.lists = new Set(fields.filter(({ type }) => type.startsWith('multiple-choice')).map(({ name }) => name));
  }

  get size(): number {
    return this.objects.size;
  }

  /** The object as it was so long ago. Default: as it is. */
  get(id: string, agoMs = 0): StoredObject | undefined {
    const object = this.objects.get(id);
    return agoMs === 0 ? object : this.history.itemAt(id, object, agoMs);
  }

  all(): Iterable<StoredObject> {
    return this.objects.values();
  }

  /** Adds or replaces an object. */
  put(object: StoredObject): void {
    const replaced = this.objects.get(object.id);
    this.history.beforeChange(object.id, replaced);
    if (replaced === undefined) this.history.beforeListChange(this.objects.values());
    this.objects.set(object.id, object);
    this.lastList = undefined;
  }

  /** Changes some values of an object. */
  patch(object: StoredObject, values: ReadonlyMap<string, Value>, now: string): void {
    this.history.beforeChange(object.id, object);
    for (const [name, value] of values) object.values.set(name, value);
    object.updatedAt = now;
    this.lastList = undefined;
  }

  delete(id: string): void {
    this.history.beforeChange(id, this.objects.get(id));
    this.history.beforeListChange(this.objects.values());
    this.objects.delete(id);
    this.lastList = undefined;
  }

  /** Keeps from now on what the objects were like in the last `horizonMs` milliseconds. */
  keepHistory(horizonMs: number): void {
    this.history.restart(horizonMs);
  }

  /** Every object that the query is about, in its order, as it was so long ago. Default: as it is. */
  list(query: ListQuery, agoMs = 0): readonly StoredObject[] {
    if (agoMs > 0) return this.select(this.history.listAt(this.objects.values(), agoMs), query);
    const key = JSON.stringify(query);
    if (this.lastList?.key === key) return this.lastList.objects;
    const objects = this.select(this.objects.values(), query);
    this.lastList = { key, objects };
    return objects;
  }

  /**
   * The object as the API shows it. `id`, `type`, `updated_at` and `display` are always there (documented); what has no value is
   * left out (documented: a field that is not there is null).
   */
  show(object: StoredObject): Record<string, unknown> {
    const { model } = this;
    const shown: Record<string, unknown> = {
      id: object.id,
      type: model.name,
      updated_at: object.updatedAt,
      display: formatDisplay({ model, values: object.values }, this.find)
    };
    for (const [name, field] of this.shownFields) {
      const value = object.values.get(name) ?? null;
      if (value !== null) shown[name] = showValue(field, value);
    }
    return shown;
  }

  /**
   * The type of what queries may name, undefined where they may not. `_updated_at` is documented for queries; `id` is seen in
   * the vendor's library.
   */
  typeOf(name: string): string | undefined {
    if (name === 'updated_at' || name === '_updated_at') return 'datetime';
    return name === 'id' || isRelationId(this.model, name) ? 'text' : this.model.fields.get(name)?.type;
  }

  private select(objects: Iterable<StoredObject>, { expression, sort }: ListQuery): readonly StoredObject[] {
    const found: StoredObject[] = [];
    for (const object of objects) {
      if (evaluateExpression(expression, (field) => this.read(object, field))) found.push(object);
    }
    return sort.length > 0 ? found.sort((a, b) => this.compare(a, b, sort)) : found;
  }

  private compare(a: StoredObject, b: StoredObject, sort: ListQuery['sort']): number {
    for (const { field, descending } of sort) {
      const difference = compareValues(this.read(a, field), this.read(b, field));
      if (difference !== 0) return descending ? -difference : difference;
    }
    return compareValues(a.id, b.id);
  }

  /** A multiple choice without a value is an empty list to queries, as in the vendor's client. */
  private read({ id, updatedAt, values }: StoredObject, field: string): Value {
    if (field === 'id') return id;
    if (field === 'updated_at' || field === '_updated_at') return updatedAt;
    return values.get(field) ?? (this.lists.has(field) ? [] : null);
  }
}
