import type { ObjectType } from './ObjectType';
import type { ShownObject } from './Source';

/** What an object belongs to: ids by the relation's name, and the related objects as far as they are known. */
export class Relations<T extends { readonly id: string }> {
  private readonly ids = new Map<string, unknown>();
  /** Null: there is no such object. */
  private readonly loaded = new Map<string, T | null>();
  private readonly loading = new Map<string, Promise<T | null>>();
  /** Relations that were assigned, even to what they were. */
  private readonly changed = new Set<string>();

  constructor(
    private readonly type: ObjectType,
    private readonly read: (model: string, id: unknown) => Promise<T | null>
  ) {}

  /** The ids as the API shows them. Those that were assigned stay. */
  fill(shown: ShownObject): void {
    for (const name of Object.keys(this.type.belongsTo ?? {})) {
      if (!this.changed.has(name)) this.replace(name, shown[`${name}_id`]);
    }
  }

  getId(name: string): unknown {
    return this.ids.get(name) || null;
  }

  setId(name: string, id: unknown): void {
    this.replace(name, id);
    this.changed.add(name);
  }

  setObject(name: string, related: T | null): void {
    this.setId(name, related?.id ?? null);
    this.loaded.set(name, related);
  }

  /** Notes what a query has loaded beside the object. */
  noteLoaded(name: string, related: T | null): void {
    this.loaded.set(name, related);
  }

  /** The related object, or null where there is none; undefined while that is not known. Without a request. */
  getLoaded(name: string): T | null | undefined {
    return this.loaded.get(name);
  }

  listLoaded(): readonly T[] {
    return [...this.loaded.values()].filter((related) => related !== null);
  }

  /** The related object, or null; read once. @throws what the request fails with */
  async load(name: string): Promise<T | null> {
    const known = this.loaded.get(name);
    if (known !== undefined) return known;
    const earlier = this.loading.get(name);
    if (earlier !== undefined) return earlier;
    const reading = this.read(this.type.findRelation(name)?.model ?? '', this.ids.get(name));
    this.loading.set(name, reading);
    const related = await reading;
    // Not where the relation was assigned in the meantime.
    if (this.loading.get(name) === reading) {
      this.loading.delete(name);
      this.loaded.set(name, related);
    }
    return related;
  }

  /** What is sent, such as `depot_id` with its id: all that are set, or those that were assigned. */
  listSent(which: 'set' | 'assigned'): [string, unknown][] {
    const isSent = (name: string, id: unknown): boolean =>
      which === 'assigned' ? this.changed.has(name) : id !== null && id !== undefined;
    return [...this.ids].filter(([name, id]) => isSent(name, id)).map(([name, id]) => [`${name}_id`, id]);
  }

  noteSaved(): void {
    this.changed.clear();
  }

  private replace(name: string, id: unknown): void {
    this.ids.set(name, id);
    this.loaded.delete(name);
    this.loading.delete(name);
  }
}
