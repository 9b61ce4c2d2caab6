/** The part of `datamodel.json` that the client uses. */
export interface DataModel {
  readonly models: Readonly<Record<string, ModelDescription>>;
}

/** A model: its fields by name, and what it belongs to. */
export interface ModelDescription {
  readonly name: string;
  /** True where the data model could not be read: nothing is known of the model, so no query is checked. */
  readonly isUnread?: true;
  readonly fields: Readonly<Record<string, { readonly type: string }>>;
  readonly belongs_to: Readonly<Record<string, { readonly model: string }>>;
}

/** Fields that objects of the model have as properties that can be set: the model's own, and `<relation>_id`. */
export function listSettableFields(model: ModelDescription): string[] {
  return [...Object.keys(model.fields), ...Object.keys(model.belongs_to).map((name) => `${name}_id`)];
}

/** Fields that queries may name. */
export function listQueryFields(model: ModelDescription): string[] {
  return ['id', 'updated_at', '_updated_at', ...listSettableFields(model)];
}
