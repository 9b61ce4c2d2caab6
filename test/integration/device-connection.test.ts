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

test('an upload whose answer was dropped is repeated and stored once', async () => {
  let dropped = 0;
  const device = await enterOffline(2, async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith('/upload') || dropped++ > 0) return response;
    throw new Error('socket hang up');
  });

  device.isOnline = true;
  expect(await device.connect()).toBe('offline');
  expect(counts(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(await readInspections()).toEqual(['Van 1', 'Van 2']);

  expect(await device.connect()).toBe('ENROLLED');
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a device whose enrolment was answered in vain enrolls again and keeps its session', async () => {
  let dropped = 0;
  const device = makeDevice(async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith('/enroll') || dropped++ !== 1) return response;
    throw new Error('socket hang up');
  });
  await device.enroll();
  device.work(makeRow(1));
  await post(`sessions/${backend.user(userId)?.sessions?.[0]?.id}/re-authenticate`);
  await device.connect();

  expect(await device.enroll()).toBe('offline');
  expect(await device.connect()).toBe('signed out');
  expect(await device.enroll()).toBe('enrolled');

  expect(states()).toEqual(['ENROLLED']);
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 1, lost: 0 }]);
});

test.each([
  [{ wipe: false }, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }],
  [{ wipe: true }, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }]
])('a lock with %j between connect and upload makes the device %s', async (body, state, expected) => {
  const device = await enterOffline(1, async (url, init) => {
    if (url.endsWith('/upload')) await post('lock', body);
    return fetch(url, init);
  });

  device.isOnline = true;
  expect(await device.connect()).toBe(state);
  expect(counts(device)).toEqual(['login', expected]);
  expect(await readInspections()).toEqual([]);
});

test('what is entered during an upload is uploaded by the next one', async () => {
  const device: Device = await enterOffline(1, async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith('/upload') && device.uploadedCount === 0) device.work(makeRow(2));
    return response;
  });

  device.isOnline = true;
  await device.connect();
  expect(counts(device)).toEqual(['app', { unsynced: 1, uploaded: 1, lost: 0 }]);

  await device.connect();
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('connects at the same time follow each other', async () => {
  const device = await enterOffline(2);
  device.isOnline = true;

  expect(await Promise.all([device.connect(), device.connect(), device.enroll()])).toEqual([
    'ENROLLED',
    'ENROLLED',
    'enrolled'
  ]);
  expect(counts(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
});

test('an answer that comes when the connection is gone does not arrive', async () => {
  const device: Device = await enterOffline(1, async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith('/upload')) device.isOnline = false;
    return response;
  });

  device.isOnline = true;
  expect(await device.connect()).toBe('offline');
  expect(counts(device)).toEqual(['app', { unsynced: 1, uploaded: 0, lost: 0 }]);
});

test('a device that cannot reach the backend changes nothing', async () => {
  let isReachable = true;
  const device = await enterOffline(2, (url, init) =>
    isReachable ? fetch(url, init) : Promise.reject(new Error('connect ECONNREFUSED'))
  );
  device.isOnline = true;
  isReachable = false;

  expect(await device.connect()).toBe('offline');
  expect(await device.enroll()).toBe('offline');

  expect(counts(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(states()).toEqual(['ENROLLED']);
});

test('a row that the backend refuses stays on the device, and the connect says why', async () => {
  const device = await enterOffline(0);
  device.work({ type: 'ghost', id: randomUUID(), values: {} });

  device.isOnline = true;
  await expect(device.connect()).rejects.toThrow(/answered 400 to "upload" .*no model 'ghost'/);
  expect(counts(device)).toEqual(['app', { unsynced: 1, uploaded: 0, lost: 0 }]);
});
