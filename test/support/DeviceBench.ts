import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { Device } from '../../tasks/local/devices/Device';
import type { Row } from '../../tasks/local/devices/Device';
import type { FetchUrl } from '../../tasks/local/devices/DeviceConnection';
import { callBackend } from './call-backend';
import type { Answer } from './call-backend';

/** A backend with one user, who was never in the app, and devices of theirs. */
export class DeviceBench {
  private constructor(
    readonly backend: RunningBackend,
    readonly userId: string
  ) {}

  static async start(): Promise<DeviceBench> {
    const backend = await startBackend();
    return new DeviceBench(backend, backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '');
  }

  makeDevice(fetchUrl?: FetchUrl, deviceId = 'tablet'): Device {
    const { backend, userId } = this;
    return new Device({ origin: backend.origin, userId, deviceId, ...(fetchUrl && { fetchUrl }) });
  }

  /** A device in the app, with this many rows that it has entered offline. */
  async enterOffline(count: number, fetchUrl?: FetchUrl): Promise<Device> {
    const device = this.makeDevice(fetchUrl);
    expect(await device.enroll()).toBe('enrolled');
    device.isOnline = false;
    for (let number = 1; number <= count; number++) device.work(this.makeRow(number));
    return device;
  }

  makeRow(number: number): Row {
    return {
      type: 'inspection',
      id: randomUUID(),
      values: { vehicle: `Van ${number}`, note: 'Brakes', inspector_id: this.userId }
    };
  }

  /** An administrator's request about the user. */
  post(path: string, body: object = {}): Promise<Answer> {
    return callBackend(this.backend, 'POST', `users/${this.userId}/${path}`, body);
  }

  /** States of the user's sessions. */
  states(): string[] | undefined {
    return this.backend.user(this.userId)?.sessions?.map(({ state }) => state);
  }

  /** Vehicles of the inspections that the backend has. */
  async readInspections(): Promise<unknown[]> {
    const { json } = await callBackend(this.backend, 'GET', 'objects/inspection.json?sort[vehicle]=1');
    return (json['objects'] as { vehicle: unknown }[]).map(({ vehicle }) => vehicle);
  }
}

/** What a device shows, and what has become of its rows. */
export function countsOf({ screen, unsyncedRows, uploadedCount, lostCount }: Device): unknown[] {
  return [screen, { unsynced: unsyncedRows.length, uploaded: uploadedCount, lost: lostCount }];
}
