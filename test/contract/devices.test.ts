import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { callDevice, enrollDevice } from '../support/call-device';
import type { DeviceCredentials } from '../support/call-device';

let backend: RunningBackend;
let userId: string;
let nowMs: number;

async function start(options: BackendOptions = {}): Promise<void> {
  nowMs = Date.parse('2026-03-02T06:00:00Z');
  backend = await startBackend({ nowMs: () => nowMs, ...options });
  userId = backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '';
}
afterEach(() => backend.close());

const enroll = (): Promise<DeviceCredentials> => enrollDevice(backend, userId, 'tablet');
const tell = (action: string, body: unknown, credentials?: DeviceCredentials) =>
  callDevice(backend, action, body, credentials);
const post = (path: string, body: object = {}) => callBackend(backend, 'POST', `users/${userId}/${path}`, body);
const sessions = () => backend.user(userId)?.sessions ?? [];
const inspection = (note: string) => ({ type: 'inspection', id: randomUUID(), values: { vehicle: 'Van 1', note } });

test('a device that enrolls gets credentials, and the user a session', async () => {
  await start();

  const { session_id: id } = await enroll();

  expect(backend.user(userId)).toMatchObject({
    enrolled: true,
    last_connected_at: '2026-03-02T06:00:00Z',
    sessions: [
      { id, state: 'ENROLLED', signed_out_at: null, device: { id: 'tablet' }, container: { platform: 'ANDROID' } }
    ]
  });
});

test('a device may name its platform', async () => {
  await start();

  await tell('enroll', { user_id: userId, device_id: 'phone', platform: 'IOS' });

  expect(sessions()).toMatchObject([{ container: { platform: 'IOS' } }]);
});

test('a user who does not exist cannot enroll', async () => {
  await start();

  const answer = await tell('enroll', { user_id: 'nobody', device_id: 'tablet' });

  expect(answer).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });
});

test.each([
  {},
  { user_id: 1, device_id: 'tablet' },
  { user_id: 'x', device_id: '' },
  { user_id: 'x', device_id: 'y', platform: 3 },
  []
])('enrolling with %j is refused', async (body) => {
  await start();

  expect(await tell('enroll', body)).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
});

test('a locked user cannot enroll, and an unlocked one gets the same session back', async () => {
  await start();
  const first = await enroll();
  await post('lock', { wipe: false });

  const refused = await tell('enroll', { user_id: userId, device_id: 'tablet' });
  expect(refused).toMatchObject({ status: 403, json: { type: 'USER_LOCKED' } });

  await post('unlock');
  nowMs += 60_000;
  const second = await enroll();

  expect(second.session_id).toBe(first.session_id);
  expect(second.token).not.toBe(first.token);
  expect(sessions()).toMatchObject([
    {
      state: 'ENROLLED',
      signed_out_at: '2026-03-02T06:00:00Z',
      last_authenticated_at: '2026-03-02T06:01:00Z',
      last_connected_at: '2026-03-02T06:01:00Z'
    }
  ]);
  expect((await tell('connect', {}, first)).status).toBe(401);
});

test('a pending wipe stays, and the device gets a new session beside it', async () => {
  await start();
  const first = await enroll();
  await post(`sessions/${first.session_id}/wipe`);

  const second = await enroll();

  expect(sessions()).toMatchObject([
    { id: first.session_id, state: 'RESET' },
    { id: second.session_id, state: 'ENROLLED' }
  ]);
  expect((await tell('connect', {}, first)).json).toEqual({ state: 'RESET' });
});

test('a device that the users API knows already keeps its session', async () => {
  await start();
  const [seeded = ''] = backend.seed({ users: 1 }).userIds;
  const session = backend.user(seeded)?.sessions?.[0];

  const { session_id: id } = await enrollDevice(backend, seeded, session?.device.id ?? '');

  expect(id).toBe(session?.id);
});

test('a connect tells the state and is remembered', async () => {
  await start();
  const credentials = await enroll();
  nowMs += 3_600_000;

  expect(await tell('connect', {}, credentials)).toMatchObject({ status: 200, json: { state: 'ENROLLED' } });
  expect(backend.user(userId)).toMatchObject({
    last_connected_at: '2026-03-02T07:00:00Z',
    sessions: [{ last_connected_at: '2026-03-02T07:00:00Z' }]
  });

  await post('lock', { wipe: false });
  expect((await tell('connect', {}, credentials)).json).toEqual({ state: 'LOCKED' });
});

test('the devices of a deleted user are told to wipe, and cannot enroll', async () => {
  await start();
  const credentials = await enroll();
  await callBackend(backend, 'DELETE', `objects/user/${userId}.json`);

  expect((await tell('connect', {}, credentials)).json).toEqual({ state: 'RESET' });
  expect((await tell('upload', { rows: [inspection('x')] }, credentials)).status).toBe(403);
  expect((await tell('enroll', { user_id: userId, device_id: 'tablet' })).status).toBe(404);
});

test('requests of devices are not in the log, and neither the rate limit nor faults concern them', async () => {
  await start();
  backend.setLimits({ rate: 1, burst: 1 });
  backend.setFaults({ faults: [{ kind: 'status', status: 500, share: 1, route: 'POST connect' }] });
  const credentials = await enroll();

  for (let index = 0; index < 5; index++) expect((await tell('connect', {}, credentials)).status).toBe(200);

  expect(backend.requests()).toEqual([]);
  expect(backend.state().requests).toBe(0);
  expect((await callBackend(backend, 'GET', 'users')).status).toBe(200);
  expect((await callBackend(backend, 'GET', 'users')).status).toBe(429);
});

test.each([
  ['POST', 'dance'],
  ['GET', 'connect'],
  ['POST', 'connect/again']
])('%s /_device/%s is not found', async (method, path) => {
  await start();

  const response = await fetch(`${backend.origin}/_device/${path}`, { method });

  expect([response.status, await response.json()]).toEqual([404, { error: `There is no ${method} /_device/${path}.` }]);
});
