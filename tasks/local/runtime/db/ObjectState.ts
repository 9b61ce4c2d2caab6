import { LIST_SAVED } from './BatchAction';
import type { BatchAction, BatchObject, Operation } from './BatchAction';
import { castValue, readValue, writeValue } from './field-values';
import { formatDisplay, formatValue } from './format-display';
import type { ObjectType } from './ObjectType';
import type { Relations } from './Relations';
import type { ShownObject } from './Source';

/** Key of the method that gives the text for a path of a display format, such as `depot.name`; undefined while it is not known. */
export const SHOW_PATH = Symbol('showPath');

/** What an object needs of one that it is related to. */
export interface RelatedObject extends BatchObject {
  readonly id: string;
  [SHOW_PATH](path: readonly string[]): string | undefined;
}

/** The values of an object, and which of them the database does not have yet. */
export class ObjectState<T extends RelatedObject> {
  private readonly values = new Map<string, unknown>();
  /** Fields that were assigned another value than they had. A Date is another one even where it is the same time. */
  private readonly changed = new Set<string>();
  private status: 'new' | 'persisted' | 'destroyed' = 'new';
  private isBeingListed = false;

  constructor(
    readonly type: ObjectType,
    /** As the API says; of a new object a UUID. */
    readonly id: string,
    readonly relations: Relations<T>
  ) {
    for (const name of Object.keys(type.attributes)) this.values.set(name, null);
  }

  get isPersisted(): boolean {
    return this.status === 'persisted';
  }

  getField(name: string): unknown {
    return this.values.get(name);
  }

  /** @throws Error where the value is of the wrong type */
  setField(name: string, given: unknown): void {
    const field = this.type.findField(name);
    if (field === undefined) return;
    const value = castValue(name, field, given);
    if (this.values.get(name) === value) return;
    this.values.set(name, value);
    this.changed.add(name);
  }

  /** Takes the values that the API shows. What was assigned since stays. */
  fill(shown: ShownObject): void {
    for (const [name, field] of Object.entries(this.type.attributes)) {
      if (this.changed.has(name)) continue;
      try {
        this.values.set(name, castValue(name, field, readValue(field, shown[name])));
      } catch {
        // A value that does not fit leaves the field as it was, as in the vendor's library.
      }
    }
    this.relations.fill(shown);
    this.status = 'persisted';
  }

  /** What a save of `object` takes along: itself and the objects it was related to; nothing once it was destroyed. */
  listSaved(object: T): readonly BatchObject[] {
    // Two objects may be related to each other.
    if (this.status === 'destroyed' || this.isBeingListed) return [];
    this.isBeingListed = true;
    try {
      return [object, ...this.relations.listLoaded().flatMap((related) => related[LIST_SAVED]())];
    } finally {
      this.isBeingListed = false;
    }
  }

  /** A new object is sent with the fields that were set, a change with the changed fields alone: what others wrote stays. */
  toOperation(action: BatchAction): Operation | undefined {
    const object = { type: this.type.name, id: this.id };
    if (action === 'destroy') return { method: 'delete', object };
    const isNew = !this.isPersisted;
    const fields = [...this.values].filter(([name, value]) => (isNew ? value !== null : this.changed.has(name)));
    const sent = [
      ...fields.map(([name, value]): [string, unknown] => [name, writeValue(value)]),
      ...this.relations.listSent(isNew ? 'set' : 'assigned')
    ];
    if (!isNew && sent.length === 0) return undefined;
    return { method: isNew ? 'put' : 'patch', object: { ...object, ...Object.fromEntries(sent) } };
  }

  noteDone(action: BatchAction): void {
    this.status = action === 'save' ? 'persisted' : 'destroyed';
    if (action === 'destroy') return;
    this.changed.clear();
    this.relations.noteSaved();
  }

  /**
   * The text that the model's display format makes of the object. While a relation in it is not loaded it is `null`, and the
   * relation is read for the next time, both as observed of the vendor's library.
   */
  toText(): string {
    return formatDisplay(this.type.display, (path) => this.showPath(path.split('.')));
  }

  showPath([name = '', ...rest]: readonly string[]): string | undefined {
    const field = this.type.findField(name);
    if (field !== undefined) return formatValue(field, this.values.get(name));
    if (this.type.findRelation(name) === undefined) return name === 'id' ? this.id : '';
    const related = this.relations.getLoaded(name);
    if (related === undefined) void this.relations.load(name).catch(() => undefined);
    if (related === undefined || related === null) return related === null ? '' : undefined;
    return rest.length === 0 ? String(related) : related[SHOW_PATH](rest);
  }
}
