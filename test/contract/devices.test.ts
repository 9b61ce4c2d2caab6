import { callBackend } from '../support/call-backend';
import { enrollDevice } from '../support/call-device';
import { DeviceCalls, inspection } from '../support/DeviceCalls';

// Source: the states of sessions are documented ("Manage app users and sessions"). The routes are invented, and what is said of a locked
// user who signs in is assumed: the protocol of real devices is published nowhere.

let calls: DeviceCalls;
afterEach(() => calls.backend.close());

test('a device that enrolls gets credentials, and the user a session', async () => {
  calls = await DeviceCalls.start();

  const { session_id: id } = await calls.enroll();

  expect(calls.backend.user(calls.userId)).toMatchObject({
    enrolled: true,
    last_connected_at: '2026-03-02T06:00:00Z',
    sessions: [
      { id, state: 'ENROLLED', signed_out_at: null, device: { id: 'tablet' }, container: { platform: 'ANDROID' } }
    ]
  });
});

test('a device may name its platform', async () => {
  calls = await DeviceCalls.start();

  await calls.tell('enroll', { user_id: calls.userId, device_id: 'phone', platform: 'IOS' });

  expect(calls.sessions()).toMatchObject([{ container: { platform: 'IOS' } }]);
});

test('a user who does not exist cannot enroll', async () => {
  calls = await DeviceCalls.start();

  const answer = await calls.tell('enroll', { user_id: 'nobody', device_id: 'tablet' });

  expect(answer).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });
});

test.each([
  {},
  { user_id: 1, device_id: 'tablet' },
  { user_id: 'x', device_id: '' },
  { user_id: 'x', device_id: 'y', platform: 3 },
  []
])('enrolling with %j is refused', async (body) => {
  calls = await DeviceCalls.start();

  expect(await calls.tell('enroll', body)).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
});

test('a locked user cannot enroll, and an unlocked one gets the same session back', async () => {
  calls = await DeviceCalls.start();
  const first = await calls.enroll();
  await calls.post('lock', { wipe: false });

  const refused = await calls.tell('enroll', { user_id: calls.userId, device_id: 'tablet' });
  expect(refused).toMatchObject({ status: 403, json: { type: 'USER_LOCKED' } });

  await calls.post('unlock');
  calls.passTime(60_000);
  const second = await calls.enroll();

  expect(second.session_id).toBe(first.session_id);
  expect(second.token).not.toBe(first.token);
  expect(calls.sessions()).toMatchObject([
    {
      state: 'ENROLLED',
      signed_out_at: '2026-03-02T06:00:00Z',
      last_authenticated_at: '2026-03-02T06:01:00Z',
      last_connected_at: '2026-03-02T06:01:00Z'
    }
  ]);
  expect((await calls.tell('connect', {}, first)).status).toBe(401);
});

test('a pending wipe stays, and the device gets a new session beside it', async () => {
  calls = await DeviceCalls.start();
  const first = await calls.enroll();
  await calls.post(`sessions/${first.session_id}/wipe`);

  const second = await calls.enroll();

  expect(calls.sessions()).toMatchObject([
    { id: first.session_id, state: 'RESET' },
    { id: second.session_id, state: 'ENROLLED' }
  ]);
  expect((await calls.tell('connect', {}, first)).json).toEqual({ state: 'RESET' });
});

test('a device that the users API knows already keeps its session', async () => {
  calls = await DeviceCalls.start();
  const [seeded = ''] = calls.backend.seed({ users: 1 }).userIds;
  const session = calls.backend.user(seeded)?.sessions?.[0];

  const { session_id: id } = await enrollDevice(calls.backend, seeded, session?.device.id ?? '');

  expect(id).toBe(session?.id);
});

test('a connect tells the state and is remembered', async () => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();
  calls.passTime(3_600_000);

  expect(await calls.tell('connect', {}, credentials)).toMatchObject({ status: 200, json: { state: 'ENROLLED' } });
  expect(calls.backend.user(calls.userId)).toMatchObject({
    last_connected_at: '2026-03-02T07:00:00Z',
    sessions: [{ last_connected_at: '2026-03-02T07:00:00Z' }]
  });

  await calls.post('lock', { wipe: false });
  expect((await calls.tell('connect', {}, credentials)).json).toEqual({ state: 'LOCKED' });
});

test('the devices of a deleted user are told to wipe, and cannot enroll', async () => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();
  await callBackend(calls.backend, 'DELETE', `objects/user/${calls.userId}.json`);

  expect((await calls.tell('connect', {}, credentials)).json).toEqual({ state: 'RESET' });
  expect((await calls.tell('upload', { rows: [inspection('x')] }, credentials)).status).toBe(403);
  expect((await calls.tell('enroll', { user_id: calls.userId, device_id: 'tablet' })).status).toBe(404);
});

test('requests of devices are not in the log, and neither the rate limit nor faults concern them', async () => {
  calls = await DeviceCalls.start();
  calls.backend.setLimits({ rate: 1, burst: 1 });
  calls.backend.setFaults({ faults: [{ kind: 'status', status: 500, share: 1, route: 'POST connect' }] });
  const credentials = await calls.enroll();

  for (let index = 0; index < 5; index++) expect((await calls.tell('connect', {}, credentials)).status).toBe(200);

  expect(calls.backend.requests()).toEqual([]);
  expect(calls.backend.state().requests).toBe(0);
  expect((await callBackend(calls.backend, 'GET', 'users')).status).toBe(200);
  expect((await callBackend(calls.backend, 'GET', 'users')).status).toBe(429);
});

test.each([
  ['POST', 'dance'],
  ['GET', 'connect'],
  ['POST', 'connect/again']
])('%s /_device/%s is not found', async (method, path) => {
  calls = await DeviceCalls.start();

  const response = await fetch(`${calls.backend.origin}/_device/${path}`, { method });

  expect([response.status, await response.json()]).toEqual([404, { error: `There is no ${method} /_device/${path}.` }]);
});
