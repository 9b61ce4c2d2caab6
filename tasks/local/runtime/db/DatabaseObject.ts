import { randomUUID } from 'node:crypto';
import type { ApiConnection } from './ApiConnection';
import { Batch, CrudError } from './Batch';
import { NOTE_DONE, TO_OPERATION } from './BatchAction';
import type { BatchAction, BatchObject } from './BatchAction';
import { listSettableFields } from './DataModel';
import type { ModelDescription } from './DataModel';

/** An object with its fields as properties. It is sealed: setting a property that the model lacks throws. */
export class DatabaseObject implements BatchObject {
  [field: string]: unknown;
  /** A UUID made with the object. */
  declare readonly id: string;
  declare readonly type: string;
  /** Whether the object is in the database. */
  declare readonly persisted: boolean;

  // Private by the language: a model may have fields of any name, `model` and `connection` among them.
  readonly #connection: ApiConnection;
  readonly #model: ModelDescription;
  /** The fields as the database has them, as a list in JSON: a page of objects is to take little memory. */
  #saved = '[]';

  private constructor(connection: ApiConnection, model: ModelDescription) {
    this.#connection = connection;
    this.#model = model;
  }

  /** A new object that is in no database yet. */
  static create(
    connection: ApiConnection,
    model: ModelDescription,
    attributes: Readonly<Record<string, unknown>>
  ): DatabaseObject {
    const object = DatabaseObject.build(connection, model, randomUUID(), false);
    object.setAll(attributes);
    return object;
  }

  /** An object as the API shows it: choices come as `{ key }` and are read as the key. */
  static read(
    connection: ApiConnection,
    model: ModelDescription,
    shown: Readonly<Record<string, unknown>>
  ): DatabaseObject {
    const object = DatabaseObject.build(connection, model, String(shown['id']), true);
    object.fill(shown);
    return object;
  }

  private static build(
    connection: ApiConnection,
    model: ModelDescription,
    id: string,
    persisted: boolean
  ): DatabaseObject {
    const object = new DatabaseObject(connection, model);
    Object.defineProperties(object, {
      id: { value: id, enumerable: true },
      type: { value: model.name, enumerable: true },
      persisted: { value: persisted, enumerable: true, writable: true }
    });
    for (const field of listSettableFields(model)) object[field] = null;
    return Object.seal(object);
  }

  /** Sets several fields; names that the model lacks are ignored. */
  setAll(values: Readonly<Record<string, unknown>>): void {
    const fields = listSettableFields(this.#model);
    for (const [name, value] of Object.entries(values)) if (fields.includes(name)) this[name] = value;
  }

  /** Creates or updates the object in the database. */
  async save(): Promise<void> {
    const batch = new Batch(this.#connection);
    batch.save(this);
    await executeForOne(batch);
  }

  /** Deletes the object from the database. */
  async destroy(): Promise<void> {
    const batch = new Batch(this.#connection);
    batch.destroy(this);
    await executeForOne(batch);
  }

  /** Reads the fields from the database again. */
  async reload(): Promise<void> {
    this.fill(
      (await this.#connection.get(`objects/${this.type}/${this.id}.json`)) as Readonly<Record<string, unknown>>
    );
  }

  private fill(shown: Readonly<Record<string, unknown>>): void {
    for (const field of listSettableFields(this.#model)) {
      const value = readKeys(shown[field] ?? null);
      // As in the vendor's library, a date and time is a Date.
      this[field] = this.#isDateTime(field) && typeof value === 'string' ? new Date(value) : value;
    }
    this[NOTE_DONE]('save');
  }

  /** A change has the changed fields alone, as in the vendor's library: what others wrote in the meantime stays. */
  [TO_OPERATION](action: BatchAction): object | undefined {
    const { type, id } = this;
    if (action === 'destroy') return { method: 'delete', object: { type, id } };
    const fields = listSettableFields(this.#model).map((name) => [name, this[name]] as const);
    const wrong = fields.find(([name, value]) => this.#isDateTime(name) && value !== null && !(value instanceof Date));
    if (wrong !== undefined) throw new TypeError(`The field "${wrong[0]}" of ${type} takes a Date.`);
    if (!this.persisted) return { method: 'put', object: { type, id, ...Object.fromEntries(fields) } };
    const saved = JSON.parse(this.#saved) as unknown[];
    const changed = fields.filter(([, value], index) => JSON.stringify(saved[index]) !== JSON.stringify(value));
    if (changed.length === 0) return undefined;
    return { method: 'patch', object: { type, id, ...Object.fromEntries(changed) } };
  }

  #isDateTime(field: string): boolean {
    return this.#model.fields[field]?.type === 'datetime';
  }

  [NOTE_DONE](action: BatchAction): void {
    Object.assign(this, { persisted: action === 'save' });
    this.#saved = JSON.stringify(listSettableFields(this.#model).map((name) => this[name]));
  }
}

/** As in the vendor's library, a single object fails with its own error and not with a CrudError. */
async function executeForOne(batch: Batch): Promise<void> {
  try {
    await batch.execute();
  } catch (error) {
    throw error instanceof CrudError ? (error.firstError() ?? error) : error;
  }
}

function readKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readKeys);
  return typeof value === 'object' && value !== null && 'key' in value ? value.key : value;
}
