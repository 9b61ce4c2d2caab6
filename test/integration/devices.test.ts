import { callBackend } from '../support/call-backend';
import { countsOf, DeviceBench } from '../support/DeviceBench';

let bench: DeviceBench;
beforeEach(async () => {
  bench = await DeviceBench.start();
});
afterEach(() => bench.backend.close());

test('a device starts on the login screen, where nobody can work', async () => {
  const device = bench.makeDevice();

  expect(await device.connect()).toBe('signed out');
  expect(countsOf(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 0 }]);
  expect(() => device.work(bench.makeRow(1))).toThrow('the user is not in the app');
  await expect(device.leaveApp({ keepData: true })).rejects.toThrow('the user is not in the app');
});

test('a device in the app works offline, and uploads when it connects', async () => {
  const device = await bench.enterOffline(2);

  expect(await device.connect()).toBe('offline');
  expect(countsOf(device)).toEqual(['app', { unsynced: 2, uploaded: 0, lost: 0 }]);

  device.isOnline = true;
  expect(await device.connect()).toBe('ENROLLED');
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await bench.readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a lock with wipe: false signs a device out at its next connect, and nothing is lost', async () => {
  const device = await bench.enterOffline(1);

  await bench.post('lock', { wipe: false });
  device.work(bench.makeRow(2));
  expect(device.screen).toBe('app');

  device.isOnline = true;
  expect(await device.connect()).toBe('LOCKED');
  expect(countsOf(device)).toEqual(['login', { unsynced: 2, uploaded: 0, lost: 0 }]);
  expect(await device.enroll()).toBe('locked');
  expect(await bench.readInspections()).toEqual([]);

  await bench.post('unlock');
  expect(await device.connect()).toBe('LOCKED');
  expect(await device.enroll()).toBe('enrolled');
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(await bench.readInspections()).toEqual(['Van 1', 'Van 2']);
});

test('a lock that does not say wipe: false costs what was not uploaded', async () => {
  const device = await bench.enterOffline(3);

  await bench.post('lock');
  expect(countsOf(device)).toEqual(['app', { unsynced: 3, uploaded: 0, lost: 0 }]);

  device.isOnline = true;
  expect(await device.connect()).toBe('RESET');
  expect(countsOf(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 3 }]);
  expect(await device.connect()).toBe('signed out');

  await bench.post('unlock');
  expect(await device.enroll()).toBe('enrolled');
  expect(bench.states()).toEqual(['RESET', 'ENROLLED']);
  expect(await bench.readInspections()).toEqual([]);
});

test('a pending wipe comes before the sign-in of a device that kept its rows', async () => {
  const device = await bench.enterOffline(1);
  await bench.post('lock', { wipe: false });
  device.isOnline = true;
  await device.connect();
  await bench.post('unlock');
  await bench.post(`sessions/${bench.backend.user(bench.userId)?.sessions?.[0]?.id}/wipe`);

  expect(await device.enroll()).toBe('enrolled');

  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 0, lost: 1 }]);
});

test('re-authenticating a session signs its device out, and it can enroll at once', async () => {
  const device = await bench.enterOffline(2);
  await bench.post(`sessions/${bench.backend.user(bench.userId)?.sessions?.[0]?.id}/re-authenticate`);

  device.isOnline = true;
  expect(await device.connect()).toBe('LOCKED');
  expect(countsOf(device)).toEqual(['login', { unsynced: 2, uploaded: 0, lost: 0 }]);

  expect(await device.enroll()).toBe('enrolled');
  expect(countsOf(device)).toEqual(['app', { unsynced: 0, uploaded: 2, lost: 0 }]);
  expect(bench.states()).toEqual(['ENROLLED']);
});

test('deleting the user wipes the device, which cannot enroll any more', async () => {
  const device = await bench.enterOffline(1);
  await callBackend(bench.backend, 'DELETE', `objects/user/${bench.userId}.json`);

  device.isOnline = true;
  expect(await device.connect()).toBe('RESET');
  expect(countsOf(device)).toEqual(['login', { unsynced: 0, uploaded: 0, lost: 1 }]);
  await expect(device.enroll()).rejects.toThrow(/answered 404 .*OBJECT_NOT_FOUND/);
});

test.each([
  [true, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }, { unsynced: 0, uploaded: 1, lost: 0 }, ['ENROLLED']],
  [false, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }, { unsynced: 0, uploaded: 0, lost: 1 }, ['RESET', 'ENROLLED']]
])(
  'leaving the app with keepData %j while online makes the session %s',
  async (keepData, state, left, after, sessions) => {
    const device = await bench.enterOffline(1);
    device.isOnline = true;

    await device.leaveApp({ keepData });
    expect(countsOf(device)).toEqual(['login', left]);
    expect(bench.states()).toEqual([state]);

    expect(await device.enroll()).toBe('enrolled');
    expect(countsOf(device)).toEqual(['app', after]);
    expect(bench.states()).toEqual(sessions);
  }
);

test.each([
  [true, 'LOCKED', { unsynced: 1, uploaded: 0, lost: 0 }],
  [false, 'RESET', { unsynced: 0, uploaded: 0, lost: 1 }]
])(
  'leaving the app with keepData %j while offline counts at once, and the next connect tells',
  async (keepData, state, left) => {
    const device = await bench.enterOffline(1);

    await device.leaveApp({ keepData });
    expect(countsOf(device)).toEqual(['login', left]);
    expect(bench.states()).toEqual(['ENROLLED']);
    expect(await device.enroll()).toBe('offline');

    device.isOnline = true;
    expect(await device.connect()).toBe(state);
    expect(bench.states()).toEqual([state]);
    expect(countsOf(device)).toEqual(['login', left]);
  }
);
