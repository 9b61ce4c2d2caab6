import type { Model, Webhook } from './DataModel';
import type { ObjectStore, StoredObject } from './ObjectStore';

/** What the webhook of an object delivers to a task. */
export interface WebhookDelivery {
  readonly task: string;
  readonly payload: unknown;
}

/** What webhooks need to know of their backend. */
export interface WebhookParts {
  readonly backendId: string;
  /** `external`: the payload that is documented for external systems. `object`: the object alone. */
  readonly payload: 'external' | 'object';
  readonly onDelivery: (delivery: WebhookDelivery) => void;
}

/**
 * The webhooks of the app's objects. Only those to CloudCode are delivered: external ones need an address that is set
 * elsewhere, and PDFs are not made here.
 */
export class Webhooks {
  /** Ids of the objects for which a `ready` webhook has fired, by webhook. */
  private readonly fired = new Map<string, Set<string>>();
  private sequence = 0;

  constructor(private readonly parts: WebhookParts) {}

  /** An object was created or changed. */
  saved(store: ObjectStore, object: StoredObject, operation: 'create' | 'update'): void {
    for (const webhook of listDelivered(store.model)) {
      if (!isComplete(webhook, object, store.model) || !this.isDue(webhook, object.id)) continue;
      this.parts.onDelivery(this.describe(webhook, store, object, operation));
    }
  }

  /**
   * What would be delivered for an object once more.
   *
   * @throws Error where its model has no webhook to CloudCode
   */
  repeat(store: ObjectStore, object: StoredObject): WebhookDelivery[] {
    const webhooks = listDelivered(store.model);
    if (webhooks.length === 0) throw new Error(`The model "${store.model.name}" has no webhook to CloudCode.`);
    return webhooks.map((webhook) => this.describe(webhook, store, object, 'update'));
  }

  /** For the data file. */
  toSnapshot(): Record<string, string[]> {
    return Object.fromEntries([...this.fired].map(([name, ids]) => [name, [...ids]]));
  }

  loadSnapshot(fired: Readonly<Record<string, readonly string[]>>): void {
    for (const [name, ids] of Object.entries(fired)) this.fired.set(name, new Set(ids));
  }

  /** Documented: `update` fires at each save, `ready` once. */
  private isDue({ type, name }: Webhook, id: string): boolean {
    if (type === 'update') return true;
    const ids = this.fired.get(name) ?? new Set<string>();
    if (ids.has(id)) return false;
    this.fired.set(name, ids.add(id));
    return true;
  }

  private describe(
    { name, action = '', left }: Webhook,
    store: ObjectStore,
    stored: StoredObject,
    operation: 'create' | 'update'
  ): WebhookDelivery {
    const { backendId, payload } = this.parts;
    const isLeft = (name: string): boolean => left.some((entry) => name === entry || name === `${entry}_id`);
    const shown = Object.entries(store.show(stored)).filter(([name]) => !isLeft(name));
    const object = Object.fromEntries(shown);
    if (payload === 'object') return { task: action, payload: object };
    const sender = { server: 'http://127.0.0.1', app: backendId, app_id: backendId, account_id: backendId };
    return { task: action, payload: { event: name, ...sender, sequence: ++this.sequence, operation, object } };
  }
}

function listDelivered({ webhooks }: Model): readonly Webhook[] {
  return webhooks.filter(({ receiver }) => receiver === 'cloudcode');
}

/** A has-many relation that is required holds nothing back (assumed): the object itself does not show it. */
function isComplete({ required }: Webhook, { values }: StoredObject, { hasMany }: Model): boolean {
  return required.every((name) => {
    const value = values.get(name) ?? values.get(`${name}_id`) ?? null;
    return hasMany.has(name) || (value !== null && value !== '');
  });
}
