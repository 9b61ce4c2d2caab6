import type { FieldDescription, ModelDescription } from './DataModel';

/** What a query may name: a field, a relation (`depot`) or its id (`depot_id`), or a list of objects (`users`). */
export type Attribute =
  | { readonly kind: 'field' | 'list'; readonly name: string }
  | { readonly kind: 'relation' | 'relation id'; readonly name: string; readonly relation: string };

/** A relation of a model, from the model to one object or to a list. */
export interface Relation {
  readonly name: string;
  readonly model: string;
  /** Of a list: the relation that makes it, where the data model says. */
  readonly inverseOf?: string;
}

/**
 * A model as the client knows it. It is the `type` of the model's collection and of its objects, which is an object and no text,
 * as in the vendor's library; compared with `==` it equals the model's name.
 */
export class ObjectType {
  readonly name: string;
  readonly label: string;
  readonly display: string;
  readonly attributes: Readonly<Record<string, FieldDescription>>;
  readonly belongsTo: Readonly<Record<string, Relation>> | undefined;
  readonly hasMany: Readonly<Record<string, Relation>>;

  constructor({
    name,
    label = name,
    display = '',
    fields,
    belongs_to: belongsTo,
    has_many: hasMany = {}
  }: ModelDescription) {
    this.name = name;
    this.label = label;
    this.display = display;
    this.attributes = { ...fields };
    this.belongsTo = Object.fromEntries(
      Object.entries(belongsTo).map(([relation, { model }]) => [relation, { name: relation, model }])
    );
    this.hasMany = Object.fromEntries(
      Object.entries(hasMany).map(([list, { model, inverse_of: inverseOf }]) => [
        list,
        { name: list, model, ...(inverseOf !== undefined && { inverseOf }) }
      ])
    );
  }

  findField(name: string): FieldDescription | undefined {
    return Object.hasOwn(this.attributes, name) ? this.attributes[name] : undefined;
  }

  /** What the model belongs to under that name. */
  findRelation(name: string): Relation | undefined {
    return this.belongsTo !== undefined && Object.hasOwn(this.belongsTo, name) ? this.belongsTo[name] : undefined;
  }

  valueOf(): string {
    return this.name;
  }

  /** What a query means by a name, or undefined where the model has nothing of that name. `updated_at` is no field here. */
  findAttribute(name: string): Attribute | undefined {
    if (this.findField(name) !== undefined) return { kind: 'field', name };
    if (this.findRelation(name) !== undefined) return { kind: 'relation', name, relation: name };
    const relation = name.endsWith('_id') ? name.slice(0, -'_id'.length) : '';
    if (this.findRelation(relation) !== undefined) return { kind: 'relation id', name, relation };
    if (Object.hasOwn(this.hasMany, name)) return { kind: 'list', name };
    return name === 'id' ? { kind: 'field', name } : undefined;
  }
}

/** The type of a model of which nothing is known, as the data model could not be read: no query of it is refused. */
export class UnreadObjectType extends ObjectType {
  override readonly belongsTo = undefined;

  constructor(name: string) {
    super({ name, fields: {}, belongs_to: {} });
  }

  override findAttribute(name: string): Attribute {
    return { kind: 'field', name };
  }
}
