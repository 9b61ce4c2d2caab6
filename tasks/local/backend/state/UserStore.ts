import { objectNotFound } from '../http/ApiError';
import { History } from './History';
import type { UserRecord } from './Session';

/** The users of a deployment, in the order in which they were created. */
export class UserStore {
  private readonly records = new Map<string, UserRecord>();
  /** The users in a list of their own, so that a page of a million users is a slice. */
  private list: UserRecord[] = [];
  private readonly history: History<UserRecord>;

  constructor(nowMs: () => number) {
    this.history = new History(copyUser, nowMs);
  }

  /** The users as they were so long ago. Default: as they are. */
  all(agoMs = 0): readonly UserRecord[] {
    return agoMs === 0 ? this.list : this.history.listAt(this.list, agoMs);
  }

  /** The user as it was so long ago. Default: as it is. */
  find(id: string, agoMs = 0): UserRecord | undefined {
    const user = this.records.get(id);
    return agoMs === 0 ? user : this.history.itemAt(id, user, agoMs);
  }

  /** @throws ApiError `OBJECT_NOT_FOUND` */
  get(id: string, agoMs = 0): UserRecord {
    const user = this.find(id, agoMs);
    if (user === undefined) throw objectNotFound('user', id);
    return user;
  }

  /** The user, which the caller is about to change. @throws ApiError `OBJECT_NOT_FOUND` */
  change(id: string): UserRecord {
    const user = this.get(id);
    this.history.beforeChange(id, user);
    return user;
  }

  add(user: UserRecord): void {
    this.history.beforeChange(user.id, undefined);
    this.history.beforeListChange(this.list);
    this.records.set(user.id, user);
    this.list.push(user);
  }

  remove(user: UserRecord): void {
    this.history.beforeListChange(this.list);
    this.records.delete(user.id);
    this.list = this.list.filter((other) => other !== user);
  }

  /** Keeps from now on what the users were like in the last `horizonMs` milliseconds. */
  keepHistory(horizonMs: number): void {
    this.history.restart(horizonMs);
  }
}

function copyUser(user: UserRecord): UserRecord {
  return { ...user, sessions: user.sessions.map((session) => ({ ...session })) };
}
