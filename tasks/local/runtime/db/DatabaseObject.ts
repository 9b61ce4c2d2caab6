import { Batch, CrudError } from './Batch';
import { LIST_SAVED, NOTE_DONE, TO_OPERATION } from './BatchAction';
import type { BatchAction, BatchObject, Operation } from './BatchAction';
import { ObjectState, SHOW_PATH } from './ObjectState';
import type { RelatedObject } from './ObjectState';
import type { ObjectType } from './ObjectType';
import { Relations } from './Relations';
import { readObject } from './Source';
import type { Property, ShownObject, Source } from './Source';

/** Methods that no field of the same name hides, as in the vendor's library. */
const KEPT_METHODS = ['save', 'reload'];

/**
 * An object with its fields as properties, which alone are enumerable. Relations are functions: `await object.depot()` reads the
 * related object and `object.depot(other)` sets it; `object.depot_id` is its id. What belongs to the object is a query:
 * `object.users`. It is sealed: setting a property that the model lacks throws, in strict mode.
 */
export class DatabaseObject implements RelatedObject {
  [name: string]: unknown;
  /** A UUID made with the object; of one that was read, what the API says. */
  declare readonly id: string;
  declare readonly type: ObjectType;
  /** Whether the object is in the database. */
  declare readonly persisted: boolean;

  // Private by the language: a model may have fields of any name, `source` and `state` among them.
  readonly #source: Source;
  readonly #state: ObjectState<DatabaseObject>;

  private constructor(source: Source, type: ObjectType, id: unknown) {
    this.#source = source;
    const readRelated = async (model: string, relatedId: unknown): Promise<DatabaseObject | null> => {
      const [shown, related] = [await readObject(source, model, relatedId), source.types.get(model)];
      return shown === null || related === undefined ? null : DatabaseObject.read(source, related, shown);
    };
    this.#state = new ObjectState(type, id as string, new Relations(type, readRelated));
    // One by one, which takes half the time that all at once do.
    for (const [name, property] of source.propertiesOf(type)) Object.defineProperty(this, name, property);
    Object.seal(this);
  }

  /** A new object that is in no database yet. @throws Error where a value is of the wrong type */
  static create(source: Source, type: ObjectType, values?: Readonly<Record<string, unknown>> | null): DatabaseObject {
    const object = new DatabaseObject(source, type, source.connection.newId());
    object.setAll(values);
    return object;
  }

  /** An object as the API shows it. */
  static read(source: Source, type: ObjectType, shown: ShownObject): DatabaseObject {
    const object = new DatabaseObject(source, type, shown['id']);
    object.#state.fill(shown);
    return object;
  }

  /** Notes the object that a relation leads to, so that it is not read again. */
  static noteRelated(object: DatabaseObject, relation: string, related: DatabaseObject | null): void {
    object.#state.relations.noteLoaded(relation, related);
  }

  /**
   * Sets fields, and relations to objects. Any other name is ignored, that of a relation's id (`depot_id`) among them, as in the
   * vendor's library (observed).
   *
   * @throws Error where a value is of the wrong type
   */
  setAll(values?: Readonly<Record<string, unknown>> | null): void {
    const { type } = this.#state;
    for (const [name, value] of Object.entries(values ?? {})) {
      if (type.findField(name) !== undefined) this.#state.setField(name, value);
      else if (type.findRelation(name) !== undefined) this.#setRelated(name, value);
    }
  }

  /**
   * Creates or updates the object in the database, with objects that it was related to by assigning them. An object that was
   * destroyed is left alone.
   *
   * @throws the API's error as it came, a plain object and no Error, or the Error of a request that failed
   */
  async save(): Promise<void> {
    const batch = new Batch(this.#source.connection);
    batch.save(this);
    await executeForOne(batch);
  }

  /** Deletes the object from the database; that it is gone already is no error. @throws as `save` */
  async destroy(): Promise<void> {
    const batch = new Batch(this.#source.connection);
    batch.destroy(this);
    await executeForOne(batch);
  }

  /** Reads the object again. What was assigned since stays; an object that is gone keeps its values. */
  async reload(): Promise<void> {
    const shown = await readObject(this.#source, this.#state.type.name, this.#state.id);
    if (shown !== null) this.#state.fill(shown);
  }

  /** The object's display text. */
  toString(): string {
    return this.#state.toText();
  }

  [SHOW_PATH](path: readonly string[]): string | undefined {
    return this.#state.showPath(path);
  }

  [LIST_SAVED](): readonly BatchObject[] {
    return this.#state.listSaved(this);
  }

  [TO_OPERATION](action: BatchAction): Operation | undefined {
    return this.#state.toOperation(action);
  }

  [NOTE_DONE](action: BatchAction): void {
    this.#state.noteDone(action);
  }

  #setRelated(name: string, related: unknown): void {
    if (related !== null && related !== undefined && !(related instanceof DatabaseObject)) {
      throw new Error(`The relation "${name}" takes an object of DB. Set its id as "${name}_id".`);
    }
    this.#state.relations.setObject(name, related ?? null);
  }

  /** What belongs to the object, as a query. */
  #selectList(name: string): unknown {
    const { type, id } = this.#state;
    const { model, inverseOf } = type.hasMany[name] ?? {};
    const listed = this.#source.types.get(model ?? '');
    const own = Object.values(listed?.belongsTo ?? {}).find((candidate) => candidate.model === type.name)?.name;
    const relation = inverseOf ?? own;
    if (listed === undefined || relation === undefined) return undefined;
    const attribute = { kind: 'relation id', name: `${relation}_id`, relation } as const;
    return this.#source.select(listed, { kind: 'compare', attribute, operator: '=', value: id });
  }

  /** The properties of every object of a model; they are the same functions for all of them. */
  static describeProperties({ attributes, belongsTo = {}, hasMany }: ObjectType): Property[] {
    const define = (
      get: (object: DatabaseObject) => unknown,
      set?: (object: DatabaseObject, value: unknown) => void
    ): PropertyDescriptor => ({
      get(this: DatabaseObject) {
        return get(this);
      },
      ...(set && {
        set(this: DatabaseObject, value: unknown) {
          set(this, value);
        }
      })
    });
    const own = {
      id: define((object) => object.#state.id),
      type: define((object) => object.#state.type),
      persisted: define((object) => object.#state.isPersisted)
    };
    const lists = Object.keys(hasMany).map((name) => [name, define((object) => object.#selectList(name))] as const);
    const relations = Object.keys(belongsTo).flatMap((name) => {
      const access = (object: DatabaseObject) => (related?: unknown) =>
        related === undefined ? object.#state.relations.load(name) : object.#setRelated(name, related);
      const refuse = (): never => {
        throw new Error(`A relation is set as .${name}(object), not as .${name} = object.`);
      };
      const ids = define(
        (object) => object.#state.relations.getId(name),
        (object, id) => object.#state.relations.setId(name, id)
      );
      return [[name, define(access, refuse)] as const, [`${name}_id`, ids] as const];
    });
    const values = Object.keys(attributes).map((name) => {
      const property = define(
        (object) => object.#state.getField(name),
        (object, value) => object.#state.setField(name, value)
      );
      return [name, { ...property, enumerable: true }] as const;
    });
    const named = [...lists, ...relations, ...values].filter(([name]) => !KEPT_METHODS.includes(name));
    return Object.entries({ ...Object.fromEntries(named), ...own });
  }
}

/** As in the vendor's library, a single object fails with the API's error as it came and not with a CrudError. */
async function executeForOne(batch: Batch): Promise<void> {
  try {
    await batch.execute();
  } catch (error) {
    throw error instanceof CrudError ? (error.firstError() ?? error) : error;
  }
}
