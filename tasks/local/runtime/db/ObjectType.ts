import type { FieldDescription, ModelDescription } from './DataModel';

/** What a query may name: a field, a relation (`depot`) or its id (`depot_id`), or a list of objects (`users`). */
export type Attribute =
  | { readonly kind: 'field' | 'list'; readonly name: string }
  | { readonly kind: 'relation' | 'relation id'; readonly name: string; readonly relation: string };

/**
 * A model as the client knows it. It is the `type` of the model's objects, which is an object and no text, as in the vendor's
 * library; compared with `==` it equals the model's name.
 */
export class ObjectType {
  readonly name: string;
  readonly label: string;
  readonly display: string;
  readonly fields: ReadonlyMap<string, FieldDescription>;
  /** Names of models by the relation's name. */
  readonly belongsTo: ReadonlyMap<string, string>;
  readonly hasMany: ReadonlyMap<string, { readonly model: string; readonly inverseOf: string | undefined }>;

  constructor(description: ModelDescription) {
    const { name, label = name, display = '', fields, belongs_to: belongsTo, has_many: hasMany = {} } = description;
    this.name = name;
    this.label = label;
    this.display = display;
    this.fields = new Map(Object.entries(fields));
    this.belongsTo = new Map(Object.entries(belongsTo).map(([relation, { model }]) => [relation, model]));
    this.hasMany = new Map(
      Object.entries(hasMany).map(([list, { model, inverse_of: inverseOf }]) => [list, { model, inverseOf }])
    );
  }

  valueOf(): string {
    return this.name;
  }

  /** What a query means by a name, or undefined where the model has nothing of that name. `updated_at` is no field here. */
  findAttribute(name: string): Attribute | undefined {
    if (this.fields.has(name)) return { kind: 'field', name };
    if (this.belongsTo.has(name)) return { kind: 'relation', name, relation: name };
    const relation = name.endsWith('_id') ? name.slice(0, -'_id'.length) : '';
    if (this.belongsTo.has(relation)) return { kind: 'relation id', name, relation };
    if (this.hasMany.has(name)) return { kind: 'list', name };
    return name === 'id' ? { kind: 'field', name } : undefined;
  }
}

/** The type of a model of which nothing is known, as the data model could not be read: no query of it is refused. */
export class UnreadObjectType extends ObjectType {
  constructor(name: string) {
    super({ name, fields: {}, belongs_to: {} });
  }

  override findAttribute(name: string): Attribute {
    return { kind: 'field', name };
  }
}
