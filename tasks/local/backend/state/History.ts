/** A value that was replaced, changed or removed, and until when it was as it is here. */
interface Past<Item> {
  readonly untilMs: number;
  /** Undefined: there was none. */
  readonly value: Item | undefined;
}

/** What some things were like a while ago, so that a read may lag behind the writes. It keeps nothing unless told to. */
export class History<Item extends { readonly id: string }> {
  private horizonMs = 0;
  private pasts = new Map<string, Past<Item>[]>();
  private lists: { readonly untilMs: number; readonly items: readonly Item[] }[] = [];

  /** @param copy copies an item that is changed in place */
  constructor(
    private readonly copy: (item: Item) => Item,
    private readonly nowMs: () => number
  ) {}

  /** Forgets everything, and keeps from now on what was there in the last `horizonMs` milliseconds. 0: keeps nothing. */
  restart(horizonMs: number): void {
    this.horizonMs = horizonMs;
    this.pasts = new Map();
    this.lists = [];
  }

  /** Call it before an item is created (`item` undefined), changed or removed. */
  beforeChange(id: string, item: Item | undefined): void {
    if (this.horizonMs === 0) return;
    const kept = this.dropOld(this.pasts.get(id) ?? []);
    kept.push({ untilMs: this.nowMs(), value: item && this.copy(item) });
    this.pasts.set(id, kept);
  }

  /** Call it before an item is added to the list of all, or removed from it. */
  beforeListChange(items: Iterable<Item>): void {
    if (this.horizonMs === 0) return;
    this.lists = this.dropOld(this.lists);
    this.lists.push({ untilMs: this.nowMs(), items: [...items] });
  }

  /** The item as it was so long ago; `current` where it has not changed since. */
  itemAt(id: string, current: Item | undefined, agoMs: number): Item | undefined {
    const past = this.find(this.pasts.get(id) ?? [], agoMs);
    return past === undefined ? current : past.value;
  }

  /** All items that there were so long ago, as they were, in the order of that time. */
  listAt(current: Iterable<Item>, agoMs: number): readonly Item[] {
    const { items } = this.find(this.lists, agoMs) ?? { items: [...current] };
    return items.flatMap((item) => this.itemAt(item.id, item, agoMs) ?? []);
  }

  /** What was replaced at the very moment that is asked for is gone by then. */
  private find<Kept extends { readonly untilMs: number }>(kept: readonly Kept[], agoMs: number): Kept | undefined {
    const atMs = this.nowMs() - agoMs;
    return kept.find(({ untilMs }) => untilMs > atMs);
  }

  private dropOld<Kept extends { readonly untilMs: number }>(kept: readonly Kept[]): Kept[] {
    const oldestMs = this.nowMs() - this.horizonMs;
    return kept.filter(({ untilMs }) => untilMs > oldestMs);
  }
}
