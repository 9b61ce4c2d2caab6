import { randomUUID } from 'node:crypto';
import type { ApiConnection } from './ApiConnection';
import { Batch } from './Batch';
import { listSettableFields } from './DataModel';
import type { ModelDescription } from './DataModel';

/** An object with its fields as properties. It is sealed: setting a property that the model lacks throws. */
export class DatabaseObject {
  [field: string]: unknown;
  /** A UUID made with the object. */
  declare readonly id: string;
  declare readonly type: string;
  /** Whether the object is in the database. */
  declare readonly persisted: boolean;

  private constructor() {
    // Made by createObject and readObject alone.
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
    const object = new DatabaseObject();
    const hidden = (value: unknown): PropertyDescriptor => ({ value, writable: true, enumerable: false });
    Object.defineProperties(object, {
      id: { value: id, enumerable: true },
      type: { value: model.name, enumerable: true },
      persisted: { ...hidden(persisted), enumerable: true },
      connection: hidden(connection),
      model: hidden(model)
    });
    for (const field of listSettableFields(model)) object[field] = null;
    return Object.seal(object);
  }

  /** Sets several fields; names that the model lacks are ignored. */
  setAll(values: Readonly<Record<string, unknown>>): void {
    const fields = listSettableFields(this['model'] as ModelDescription);
    for (const [name, value] of Object.entries(values)) if (fields.includes(name)) this[name] = value;
  }

  /** Creates or updates the object in the database. */
  async save(): Promise<void> {
    const batch = new Batch(this['connection'] as ApiConnection);
    batch.save(this);
    await batch.execute();
  }

  /** Deletes the object from the database. */
  async destroy(): Promise<void> {
    const batch = new Batch(this['connection'] as ApiConnection);
    batch.destroy(this);
    await batch.execute();
  }

  /** Reads the fields from the database again. */
  async reload(): Promise<void> {
    const connection = this['connection'] as ApiConnection;
    this.fill((await connection.get(`objects/${this.type}/${this.id}.json`)) as Readonly<Record<string, unknown>>);
  }

  private fill(shown: Readonly<Record<string, unknown>>): void {
    for (const field of listSettableFields(this['model'] as ModelDescription))
      this[field] = readKeys(shown[field] ?? null);
  }
}

function readKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readKeys);
  return typeof value === 'object' && value !== null && 'key' in value ? value.key : value;
}
