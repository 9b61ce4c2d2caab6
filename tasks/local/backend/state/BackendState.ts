import { randomUUID } from 'node:crypto';
import { invalidRequest, objectNotFound, routeError } from '../http/ApiError';
import type { DataModel } from './DataModel';
import { DeviceSessions } from './DeviceSessions';
import { OBJECT_ID, parseValues } from './field-values';
import type { Value } from './field-values';
import type { FindRelated } from './format-display';
import { ObjectStore } from './ObjectStore';
import type { StoredObject } from './ObjectStore';
import { formatDateTime } from './parse-dates';
import { lockUser } from './Session';
import type { SessionState, UserRecord } from './Session';
import { UserStore } from './UserStore';
import type { WebhookDelivery, Webhooks } from './Webhooks';

/** The state as text can hold it, for the data file. */
export interface Snapshot {
  readonly backendId: string;
  readonly objects: Readonly<
    Record<string, readonly { id: string; updatedAt: string; values: Record<string, Value> }[]>
  >;
  readonly users: readonly UserRecord[];
  readonly deletedUsers: readonly UserRecord[];
  /** Objects for which a `ready` webhook has fired; files of older versions lack it. */
  readonly firedWebhooks?: Readonly<Record<string, readonly string[]>>;
  /** What CloudCode has taken and not ended; files of older versions lack it. */
  readonly orders?: readonly KeptOrder[];
}

/** An invocation that CloudCode has taken; the data file keeps it as it is. */
export interface KeptOrder {
  readonly task: string;
  readonly params?: unknown;
  readonly queue?: string;
  /** Milliseconds since 1970. */
  readonly atMs?: number;
}

/** How many there are of what. `resetSessions` counts the sessions of deleted users as well. */
export interface StateCounts {
  readonly users: number;
  readonly lockedUsers: number;
  readonly enrolledUsers: number;
  readonly sessions: Readonly<Record<SessionState, number>>;
  readonly resetSessions: number;
  readonly objects: Readonly<Record<string, number>>;
}

/** Everything the backend keeps: objects by model, and a user record for each object of the user model. */
export class BackendState {
  readonly deviceSessions = new DeviceSessions();
  private readonly stores: ReadonlyMap<string, ObjectStore>;
  private readonly userStore: UserStore;
  private deletedUsers: UserRecord[] = [];
  /** The last time as text, because many things happen at the same one. */
  private lastTime = { ms: NaN, text: '' };

  constructor(
    readonly dataModel: DataModel,
    readonly userModel: string,
    private readonly nowMs: () => number,
    private readonly webhooks: Webhooks
  ) {
    const find: FindRelated = (model, id) => {
      const store = this.stores.get(model);
      const object = store?.get(id);
      return store && object && { model: store.model, values: object.values };
    };
    this.stores = new Map([...dataModel.models].map(([name, model]) => [name, new ObjectStore(model, nowMs, find)]));
    this.userStore = new UserStore(nowMs);
    if (!this.stores.has(userModel)) throw new Error(`The data model has no user model "${userModel}".`);
  }

  /** The time as the API writes it: ISO 8601, UTC, to the second. */
  now(): string {
    const ms = this.nowMs();
    if (ms !== this.lastTime.ms) this.lastTime = { ms, text: formatDateTime(ms) };
    return this.lastTime.text;
  }

  /**
   * The objects of a model, by its name, or by its plural, as samples of the documentation have it.
   *
   * @throws ApiError `ROUTE_ERROR` where there is no such model
   */
  store(model: string): ObjectStore {
    const store = this.stores.get(model) ?? this.stores.get(model.replace(/s$/, ''));
    if (store === undefined) throw routeError('model', model);
    return store;
  }

  /** Keeps from now on what was so in the last `horizonMs` milliseconds, for reads that lag. 0: keeps nothing. */
  keepHistory(horizonMs: number): void {
    this.userStore.keepHistory(horizonMs);
    for (const store of this.stores.values()) store.keepHistory(horizonMs);
  }

  /** The object as it was so long ago. Default: as it is. @throws ApiError `OBJECT_NOT_FOUND` */
  object(model: string, id: string, agoMs = 0): StoredObject {
    const object = this.store(model).get(id, agoMs);
    if (object === undefined) throw objectNotFound(model, id);
    return object;
  }

  /** Creates an object; one of the user model gets its user record with it (documented). */
  create(model: string, given: Readonly<Record<string, unknown>>): StoredObject {
    const store = this.store(model);
    const id = given['id'] ?? randomUUID();
    if (typeof id !== 'string' || !OBJECT_ID.test(id)) throw invalidRequest('IDs are lower-case UUIDs.');
    if (store.get(id) !== undefined) throw invalidRequest(`There is a ${model} with ID '${id}' already.`);
    return this.add(store, id, parseValues(store.model, given));
  }

  /** Creates or replaces an object; fields that are not given are cleared (documented). */
  replace(model: string, id: string, given: Readonly<Record<string, unknown>>): StoredObject {
    const store = this.store(model);
    if (!OBJECT_ID.test(id)) throw invalidRequest('IDs are lower-case UUIDs.');
    return this.add(store, id, parseValues(store.model, given));
  }

  /** Changes the given fields of an object. */
  change(model: string, id: string, given: Readonly<Record<string, unknown>>): StoredObject {
    const store = this.store(model);
    const object = this.object(model, id);
    store.patch(object, parseValues(store.model, given), this.now());
    this.webhooks.saved(store, object, 'update');
    return object;
  }

  /**
   * What the webhooks of an object would deliver once more.
   *
   * @throws Error where there is no such object, or no such webhook
   */
  repeatWebhooks(model: string, id: string): WebhookDelivery[] {
    const store = this.stores.get(model);
    if (store === undefined) throw new Error(`There is no model "${model}".`);
    const object = store.get(id);
    if (object === undefined) throw new Error(`There is no ${model} with the id "${id}".`);
    return this.webhooks.repeat(store, object);
  }

  /** Deletes an object. Deleting a user locks the user and wipes the devices, for good (documented). */
  delete(model: string, id: string): void {
    const store = this.store(model);
    const object = this.object(model, id);
    store.delete(object.id);
    if (store.model.name !== this.userModel || this.userStore.find(id) === undefined) return;
    const user = this.userStore.change(id);
    lockUser(user, true, this.now());
    this.userStore.remove(user);
    this.deletedUsers.push(user);
  }

  /** The users as they were so long ago. Default: as they are. */
  users(agoMs = 0): readonly UserRecord[] {
    return this.userStore.all(agoMs);
  }

  findUser(id: string): UserRecord | undefined {
    return this.userStore.find(id);
  }

  /** The user as it was so long ago. Default: as it is. @throws ApiError `OBJECT_NOT_FOUND` */
  user(id: string, agoMs = 0): UserRecord {
    return this.userStore.get(id, agoMs);
  }

  /** The user, which the caller is about to change. @throws ApiError `OBJECT_NOT_FOUND` */
  userToChange(id: string): UserRecord {
    return this.userStore.change(id);
  }

  count(): StateCounts {
    const sessions = { ENROLLED: 0, LOCKED: 0, RESET: 0, NEVER_ENROLLED: 0 };
    const users = this.users();
    for (const user of users) for (const session of user.sessions) sessions[session.state]++;
    const deletedSessions = this.deletedUsers.flatMap((user) => user.sessions);
    return {
      users: users.length,
      lockedUsers: users.filter((user) => user.locked).length,
      enrolledUsers: users.filter((user) => user.sessions.some(({ state }) => state === 'ENROLLED')).length,
      sessions,
      resetSessions: sessions.RESET + deletedSessions.filter((session) => session.state === 'RESET').length,
      objects: Object.fromEntries([...this.stores].map(([name, store]) => [name, store.size]))
    };
  }

  toSnapshot(backendId: string): Snapshot {
    const show = ({ id, updatedAt, values }: StoredObject) => ({ id, updatedAt, values: Object.fromEntries(values) });
    const objects = Object.fromEntries([...this.stores].map(([name, store]) => [name, Array.from(store.all(), show)]));
    const firedWebhooks = this.webhooks.toSnapshot();
    return { backendId, objects, users: this.users(), deletedUsers: this.deletedUsers, firedWebhooks };
  }

  /** Fills a new, empty state. Objects of models that the data model no longer has are an error. */
  loadSnapshot({ objects, users, deletedUsers, firedWebhooks = {} }: Snapshot): void {
    for (const [model, entries] of Object.entries(objects)) {
      const store = this.stores.get(model);
      if (store === undefined)
        throw new Error(`it holds objects of a model "${model}" that the data model does not have`);
      for (const { id, updatedAt, values } of entries)
        store.put({ id, updatedAt, values: new Map(Object.entries(values)) });
    }
    this.webhooks.loadSnapshot(firedWebhooks);
    for (const user of users) this.userStore.add(user);
    this.deletedUsers = [...deletedUsers];
    this.deviceSessions.load([...users, ...deletedUsers]);
  }

  private add(store: ObjectStore, id: string, values: Map<string, Value>): StoredObject {
    const object = { id, updatedAt: this.now(), values };
    const operation = store.get(id) === undefined ? 'create' : 'update';
    store.put(object);
    if (store.model.name === this.userModel && this.userStore.find(id) === undefined) {
      this.userStore.add({ id, locked: false, lastConnectedAt: null, sessions: [] });
    }
    this.webhooks.saved(store, object, operation);
    return object;
  }
}
