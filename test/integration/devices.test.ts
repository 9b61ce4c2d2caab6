import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { Device } from '../../tasks/local/devices/Device';
import type { Row } from '../../tasks/local/devices/Device';
import type { FetchUrl } from '../../tasks/local/devices/DeviceConnection';
import { callBackend } from '../support/call-backend';

let backend: RunningBackend;
let userId: string;

beforeEach(async () => {
  backend = await startBackend();
  userId = backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '';
});
afterEach(() => backend.close());

function makeDevice(fetchUrl?: FetchUrl, deviceId = 'tablet'): Device {
  return new Device({ origin: backend.origin, userId, deviceId, ...(fetchUrl && { fetchUrl }) });
}

/** A device in the app, with this many rows that it has entered offline. */
async function enterOffline(count: number, fetchUrl?: FetchUrl): Promise<Device> {
  const device = makeDevice(fetchUrl);
  expect(await device.enroll()).toBe('enrolled');
  device.isOnline = false;
  for (let number = 1; number <= count; number++) device.work(makeRow(number));
  return device;
}

function makeRow(number: number): Row {
  return {
    type: 'inspection',
    id: randomUUID(),
    values: { vehicle: `Van ${number}`, note: 'Brakes', inspector_id: userId }
  };
}

const post = (path: string, body: object = {}) => callBackend(backend, 'POST', `users/${userId}/${path}`, body);
const states = () => backend.user(userId)?.sessions?.map(({ state }) => state);
const counts = ({ screen, unsyncedRows, uploadedCount, lostCount }: Device) => [
  screen,
  { unsynced: unsyncedRows.length, uploaded: uploadedCount, lost: lostCount }
];

async function readInspections(): Promise<unknown[]> {
  const { json } = await callBackend(backend, 'GET', 'objects/inspection.json?sort[vehicle]=1');
  return (json['objects'] as { vehicle: unknown }[]).map(({ vehicle }) => vehicle);
}

test('a device starts on the login screen, where nobody can work', async () => {
  const device = makeDevice();

  expect(await device.connect()).toBe('signed out');
  expect(counts(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 0 }]);
  expect(() => device.work(makeRow(1))).toThrow('the user is not in the app');
  await expect(device.leaveApp({ keepData: true })).rejects.toThrow('the user is not in the app');
});

test('a device in the app works offline, and uploads when it connects', async () => {
  const device = await enterOffline(2);

  expect(await device.connect()).toBe('offline');
  expect(counts(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);

  device.isOnline = true;
  expect(await device.connect()).toBe('ENROLLED');
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a lock with wipe: false signs a device out at its next connect, and nothing is lost', async () => {
  const device = await enterOffline(1);

  await post('lock', { wipe: false });
  device.work(makeRow(2));
  expect(device.screen).toBe('app');

  device.isOnline = true;
  expect(await device.connect()).toBe('LOCKED');
  expect(counts(device)).toEqual(['login', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(await device.enroll()).toBe('locked');
  expect(await readInspections()).toEqual([]);

  await post('unlock');
  expect(await device.connect()).toBe('LOCKED');
  expect(await device.enroll()).toBe('enrolled');
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a lock that does not say wipe: false costs what was not uploaded', async () => {
  const device = await enterOffline(3);

  await post('lock');
  expect(counts(device)).toEqual(['app', { unsynced: 3, uploaded: 0, lost: 0 }]);

  device.isOnline = true;
  expect(await device.connect()).toBe('RESET');
  expect(counts(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 3 }]);
  expect(await device.connect()).toBe('signed out');

  await post('unlock');
  expect(await device.enroll()).toBe('enrolled');
  expect(states()).toEqual(['RESET', 'ENROLLED']);
  expect(await readInspections()).toEqual([]);
});

test('a pending wipe comes before the sign-in of a device that kept its rows', async () => {
  const device = await enterOffline(1);
  await post('lock', { wipe: false });
  device.isOnline = true;
  await device.connect();
  await post('unlock');
  await post(`sessions/${backend.user(userId)?.sessions?.[0]?.id}/wipe`);

  expect(await device.enroll()).toBe('enrolled');

  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 0, lost: 1 }]);
});

test('re-authenticating a session signs its device out, and it can enroll at once', async () => {
  const device = await enterOffline(2);
  await post(`sessions/${backend.user(userId)?.sessions?.[0]?.id}/re-authenticate`);

  device.isOnline = true;
  expect(await device.connect()).toBe('LOCKED');
  expect(counts(device)).toEqual(['login', { unsynced: 2, uploaded: 0, lost: 0 }]);

  expect(await device.enroll()).toBe('enrolled');
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(states()).toEqual(['ENROLLED']);
});

test('deleting the user wipes the device, which cannot enroll any more', async () => {
  const device = await enterOffline(1);
  await callBackend(backend, 'DELETE', `objects/user/${userId}.json`);

  device.isOnline = true;
  expect(await device.connect()).toBe('RESET');
  expect(counts(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 1 }]);
  await expect(device.enroll()).rejects.toThrow(/answered 404 .*OBJECT_NOT_FOUND/);
});

test.each([
  [true, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }, { unsynced: 0, uploaded: 1, lost: 0 }, ['ENROLLED']],
  [false, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }, { unsynced: 0, uploaded: 0, lost: 1 }, ['RESET', 'ENROLLED']]
])(
  'leaving the app with keepData %j while online makes the session %s',
  async (keepData, state, left, after, sessions) => {
    const device = await enterOffline(1);
    device.isOnline = true;

    await device.leaveApp({ keepData });
    expect(counts(device)).toEqual(['login', left]);
    expect(states()).toEqual([state]);

    expect(await device.enroll()).toBe('enrolled');
    expect(counts(device)).toEqual(['app', after]);
    expect(states()).toEqual(sessions);
  }
);

test.each([
  [true, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }],
  [false, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }]
])(
  'leaving the app with keepData %j while offline counts at once, and the next connect tells',
  async (keepData, state, left) => {
    const device = await enterOffline(1);

    await device.leaveApp({ keepData });
    expect(counts(device)).toEqual(['login', left]);
    expect(states()).toEqual(['ENROLLED']);
    expect(await device.enroll()).toBe('offline');

    device.isOnline = true;
    expect(await device.connect()).toBe(state);
    expect(states()).toEqual([state]);
    expect(counts(device)).toEqual(['login', left]);
  }
);
