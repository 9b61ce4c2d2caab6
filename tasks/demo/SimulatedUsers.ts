import type { RunningBackend } from '../local/backend/start-backend';
import { chooseSeedGroups } from '../local/choose-seed-groups';
import { fetchKeptAlive } from '../local/devices/fetch-kept-alive';
import { Device } from '../local/devices/Device';
import { callApi } from './call-api';
import { forEachOf } from './for-each-of';

/** At most this many users have simulated devices: more would cost time and show nothing new. */
export const MOST_SIMULATED_USERS = 200;

/** A device and its user. */
export interface Tablet {
  readonly userId: string;
  readonly device: Device;
}

/** Which users to add. */
export interface SimulatedUsersOptions {
  readonly backend: RunningBackend;
  /** How many users the app has. */
  readonly users: number;
  /** How many of them are to be protected. */
  readonly protectedUsers: number;
  /** How many of them somebody is to lock by hand. */
  readonly lockedByHand: number;
  readonly signal: AbortSignal;
}

/** Where the rows are that people entered. */
export interface RowCount {
  readonly rowsEntered: number;
  readonly rowsInBackend: number;
  /** Rows not uploaded yet, on the devices that may have some. */
  readonly rowsOnDevices: number;
  /** Rows that are at neither place. */
  readonly rowsLost: number;
}

/** The users of an app, and their devices, which talk to the backend over HTTP as devices do. */
export class SimulatedUsers {
  /** Devices of the users that a run is to lock. */
  readonly ordinary: readonly Tablet[];
  readonly protected: readonly Tablet[];
  readonly lockedByHand: readonly Tablet[];
  /** How many of the users with simulated devices were never in the app. */
  readonly neverEnrolled: number;
  private rowsEntered = 0;
  /** All devices share its connections. */
  private readonly fetchUrl = fetchKeptAlive();

  /** Adds the users to the backend; nobody has signed in yet. */
  constructor(private readonly options: SimulatedUsersOptions) {
    const { backend, users, protectedUsers, lockedByHand } = options;
    const simulated = Math.min(users, MOST_SIMULATED_USERS);
    const { twoDevices = 0, neverEnrolled = 0 } = chooseSeedGroups(simulated);
    const { userIds } = backend.seed({ users: simulated, neverEnrolled: simulated });
    if (users > simulated) backend.seed({ users: users - simulated });

    const inApp = userIds.slice(0, simulated - neverEnrolled);
    const others = protectedUsers + lockedByHand;
    this.neverEnrolled = neverEnrolled;
    this.protected = inApp.slice(0, protectedUsers).flatMap((id) => this.equip(id, 1));
    this.lockedByHand = inApp.slice(protectedUsers, others).flatMap((id) => this.equip(id, 1));
    this.ordinary = inApp.slice(others).flatMap((id, index) => this.equip(id, index < twoDevices ? 2 : 1));
  }

  get all(): readonly Tablet[] {
    return [...this.protected, ...this.lockedByHand, ...this.ordinary];
  }

  /** Every device tries to sign in. @returns how many were let in */
  async signIn(tablets: readonly Tablet[]): Promise<number> {
    let letIn = 0;
    const enroll = async ({ device }: Tablet): Promise<void> => {
      if ((await device.enroll()) === 'enrolled') letIn++;
    };
    await forEachOf(tablets, enroll, this.options.signal);
    return letIn;
  }

  /** Enters inspections on each device: at least `least` of them, and up to two more. */
  work(tablets: readonly Tablet[], least: number): void {
    tablets.forEach(({ userId, device }, index) => {
      for (let left = least + (index % 3); left > 0; left--) {
        const number = ++this.rowsEntered;
        device.work({
          type: 'inspection',
          id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
          values: { vehicle: `Van ${1 + (number % 40)}`, note: 'Brakes checked', inspector_id: userId }
        });
      }
    });
  }

  /** The devices come online, if they were not, and connect. */
  async connect(tablets: readonly Tablet[]): Promise<void> {
    for (const { device } of tablets) device.isOnline = true;
    await forEachOf(tablets, ({ device }) => device.connect(), this.options.signal);
  }

  /** Makes a request about each user of the devices, as an administrator does in the data browser. */
  async changeByHand(tablets: readonly Tablet[], action: 'lock' | 'unlock'): Promise<void> {
    const { backend, signal } = this.options;
    const body = action === 'lock' ? { wipe: false } : undefined;
    await forEachOf(listUsers(tablets), (id) => callApi(backend, 'POST', `users/${id}/${action}`, body), signal);
  }

  /** Counts the rows that have arrived in the backend, and those that are still on these devices. */
  async countRows(stillOn: readonly Tablet[]): Promise<RowCount> {
    const answer = await callApi(this.options.backend, 'GET', 'objects/inspection.json?limit=1&total=true');
    const { rowsEntered } = this;
    const rowsInBackend = (answer as { readonly total: number }).total;
    const rowsOnDevices = countUnsynced(stillOn);
    return { rowsEntered, rowsInBackend, rowsOnDevices, rowsLost: rowsEntered - rowsInBackend - rowsOnDevices };
  }

  private equip(userId: string, devices: number): Tablet[] {
    const { origin } = this.options.backend;
    return Array.from({ length: devices }, (_, index) => ({
      userId,
      device: new Device({ origin, userId, deviceId: `${userId}-${index + 1}`, fetchUrl: this.fetchUrl })
    }));
  }
}

/** The users of these devices, each once. */
export function listUsers(tablets: readonly Tablet[]): string[] {
  return [...new Set(tablets.map(({ userId }) => userId))];
}

/** Rows that are on these devices alone. */
export function countUnsynced(tablets: readonly Tablet[]): number {
  return tablets.reduce((sum, { device }) => sum + device.unsyncedRows.length, 0);
}

/** How many of these devices show that screen. */
export function countScreens(tablets: readonly Tablet[], screen: Device['screen']): number {
  return tablets.filter(({ device }) => device.screen === screen).length;
}
