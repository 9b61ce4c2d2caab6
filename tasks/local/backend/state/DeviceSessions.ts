import type { Session, UserRecord } from './Session';

/** A session that a device has credentials of, and whose it is. */
export interface DeviceSession {
  readonly user: UserRecord;
  readonly session: Session;
}

/** Sessions with credentials by their id. Those of deleted users stay: their devices are yet to be told to wipe. */
export class DeviceSessions {
  private readonly entries = new Map<string, DeviceSession>();

  add(user: UserRecord, session: Session): void {
    this.entries.set(session.id, { user, session });
  }

  /** Adds every session of these users that has a token. */
  load(users: readonly UserRecord[]): void {
    for (const user of users)
      for (const session of user.sessions) if (session.token !== undefined) this.add(user, session);
  }

  find(sessionId: string): DeviceSession | undefined {
    return this.entries.get(sessionId);
  }
}
