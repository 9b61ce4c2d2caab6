import type { ApiConnection } from './ApiConnection';
import type { Condition } from './Condition';
import type { ObjectType } from './ObjectType';

/** A property of an object: its name, and how it is read and set. */
export type Property = readonly [name: string, descriptor: PropertyDescriptor];

/** Where objects come from: a backend, and the models of its app. */
export interface Source {
  readonly connection: ApiConnection;
  readonly types: ReadonlyMap<string, ObjectType>;
  /** The properties of a model's objects. */
  readonly propertiesOf: (type: ObjectType) => readonly Property[];
  /** A query on a model. It comes from outside, so that objects and queries do not import each other. */
  readonly select: (type: ObjectType, condition: Condition) => unknown;
}

/** An object as the API shows it. */
export type ShownObject = Readonly<Record<string, unknown>>;

/**
 * Reads an object, or null where there is none of that id.
 *
 * @throws what the request fails with
 */
export async function readObject({ connection }: Source, model: string, id: unknown): Promise<ShownObject | null> {
  if (id === null || id === undefined) return null;
  try {
    return (await connection.get(`objects/${model}/${String(id)}.json`)) as ShownObject;
  } catch (error) {
    if ((error as { readonly type?: unknown } | null)?.type === 'OBJECT_NOT_FOUND') return null;
    throw error;
  }
}
