import { randomUUID } from 'node:crypto';
import type { Device } from '../../tasks/local/devices/Device';
import { countsOf, DeviceBench } from '../support/DeviceBench';

let bench: DeviceBench;
beforeEach(async () => {
  bench = await DeviceBench.start();
});
afterEach(() => bench.backend.close());

test('an upload whose answer was dropped is repeated and stored once', async () => {
  let dropped = 0;
  const device = await bench.enterOffline(2, async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith('/upload') || dropped++ > 0) return response;
    throw new Error('socket hang up');
  });

  device.isOnline = true;
  expect(await device.connect()).toBe('offline');
  expect(countsOf(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(await bench.readInspections()).toEqual(['Van 1', 'Van 2']);

  expect(await device.connect()).toBe('ENROLLED');
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await bench.readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a device whose enrolment was answered in vain enrolls again and keeps its session', async () => {
  let dropped = 0;
  const device = bench.makeDevice(async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith('/enroll') || dropped++ !== 1) return response;
    throw new Error('socket hang up');
  });
  await device.enroll();
  device.work(bench.makeRow(1));
  await bench.post(`sessions/${bench.backend.user(bench.userId)?.sessions?.[0]?.id}/re-authenticate`);
  await device.connect();

  expect(await device.enroll()).toBe('offline');
  expect(await device.connect()).toBe('signed out');
  expect(await device.enroll()).toBe('enrolled');

  expect(bench.states()).toEqual(['ENROLLED']);
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 1, lost: 0 }]);
});

test.each([
  [{ wipe: false }, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }],
  [{ wipe: true }, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }]
])('a lock with %j between connect and upload makes the device %s', async (body, state, expected) => {
  const device = await bench.enterOffline(1, async (url, init) => {
    if (url.endsWith('/upload')) await bench.post('lock', body);
    return fetch(url, init);
  });

  device.isOnline = true;
  expect(await device.connect()).toBe(state);
  expect(countsOf(device)).toEqual(['login', expected]);
  expect(await bench.readInspections()).toEqual([]);
});

test('what is entered during an upload is uploaded by the next one', async () => {
  const device: Device = await bench.enterOffline(1, async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith('/upload') && device.uploadedCount === 0) device.work(bench.makeRow(2));
    return response;
  });

  device.isOnline = true;
  await device.connect();
  expect(countsOf(device)).toEqual(['app', { unsynced: 1, uploaded: 1, lost: 0 }]);

  await device.connect();
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await bench.readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('connects at the same time follow each other', async () => {
  const device = await bench.enterOffline(2);
  device.isOnline = true;

  expect(await Promise.all([device.connect(), device.connect(), device.enroll()])).toEqual([
    'ENROLLED',
    'ENROLLED',
    'enrolled'
  ]);
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
});

test('an answer that comes when the connection is gone does not arrive', async () => {
  const device: Device = await bench.enterOffline(1, async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith('/upload')) device.isOnline = false;
    return response;
  });

  device.isOnline = true;
  expect(await device.connect()).toBe('offline');
  expect(countsOf(device)).toEqual(['app', { unsynced: 1, uploaded: 0, lost: 0 }]);
});

test('a device that cannot reach the backend changes nothing', async () => {
  let isReachable = true;
  const device = await bench.enterOffline(2, (url, init) =>
    isReachable ? fetch(url, init) : Promise.reject(new Error('connect ECONNREFUSED'))
  );
  device.isOnline = true;
  isReachable = false;

  expect(await device.connect()).toBe('offline');
  expect(await device.enroll()).toBe('offline');

  expect(countsOf(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(bench.states()).toEqual(['ENROLLED']);
});

test('a row that the backend refuses stays on the device, and the connect says why', async () => {
  const device = await bench.enterOffline(0);
  device.work({ type: 'ghost', id: randomUUID(), values: {} });

  device.isOnline = true;
  await expect(device.connect()).rejects.toThrow(/answered 400 to "upload" .*no model 'ghost'/);
  expect(countsOf(device)).toEqual(['app', { unsynced: 1, uploaded: 0, lost: 0 }]);
});
