/** A field of a model. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** The type without its subtype, such as `text`. */
  readonly type: string;
  /** What follows the type, such as `name` of `text:name`. */
  readonly subtype: string | undefined;
  /** Choices by key, also of a boolean; empty where the field is no choice. */
  readonly options: ReadonlyMap<string, string>;
}

/** A relation from one model to another. */
export interface Relation {
  readonly name: string;
  readonly model: string;
}

/** A webhook of a model. */
export interface Webhook {
  /** As written, or the vendor's default: `<receiver>_<model>_<type>_<action>`. */
  readonly name: string;
  /** `ready` fires once for each object, `update` at each save. */
  readonly type: 'ready' | 'update';
  /** Undefined: an external system, whose address is set elsewhere. */
  readonly receiver: 'cloudcode' | 'pdfmailer' | undefined;
  /** The task or the template. */
  readonly action: string | undefined;
  /** Fields and relations that must be present for it to fire. */
  readonly required: readonly string[];
  /** Fields and relations that the payload leaves out. */
  readonly left: readonly string[];
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
  readonly webhooks: readonly Webhook[];
}

/** The app's data model. */
export interface DataModel {
  readonly xml: string;
  readonly models: ReadonlyMap<string, Model>;
}
