/** A field of a model. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** The type without its subtype, such as `text`. */
  readonly type: string;
  /** The type as written, such as `text:name`. */
  readonly subtype: string;
  /** Choices by key; empty where the field is no choice. */
  readonly options: ReadonlyMap<string, string>;
}

/** A relation from one model to another. */
export interface Relation {
  readonly name: string;
  readonly model: string;
}

/** A model of the app's data model. */
export interface Model {
  readonly name: string;
  readonly label: string;
  /** Display format, such as `{name}`. */
  readonly display: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly belongsTo: ReadonlyMap<string, Relation>;
  readonly hasMany: ReadonlyMap<string, Relation>;
}

/** The app's data model. */
export interface DataModel {
  readonly xml: string;
  readonly models: ReadonlyMap<string, Model>;
}
