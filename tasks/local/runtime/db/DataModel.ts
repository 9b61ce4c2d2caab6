/** The part of `datamodel.json` that the client uses. */
export interface DataModel {
  readonly models: Readonly<Record<string, ModelDescription>>;
}

/** A field of a model. */
export interface FieldDescription {
  /** The type without its subtype, such as `text`. */
  readonly type: string;
  /** The options of a choice. */
  readonly options?: readonly { readonly key: string | number | boolean; readonly display: string }[];
}

/** A model: its fields by name, what it belongs to, and what belongs to it. */
export interface ModelDescription {
  readonly name: string;
  readonly label?: string;
  /** Display format, such as `{name}`. */
  readonly display?: string;
  readonly fields: Readonly<Record<string, FieldDescription>>;
  readonly belongs_to: Readonly<Record<string, { readonly model: string }>>;
  readonly has_many?: Readonly<Record<string, { readonly model: string; readonly inverse_of?: string }>>;
}
