import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { callDevice, enrollDevice } from '../support/call-device';
import type { DeviceCredentials } from '../support/call-device';

let backend: RunningBackend;
let userId: string;

async function start(): Promise<void> {
  backend = await startBackend();
  userId = backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '';
}
afterEach(() => backend.close());

const enroll = (): Promise<DeviceCredentials> => enrollDevice(backend, userId, 'tablet');
const tell = (action: string, body: unknown, credentials?: DeviceCredentials) =>
  callDevice(backend, action, body, credentials);
const sessions = () => backend.user(userId)?.sessions ?? [];
const inspection = (note: string) => ({ type: 'inspection', id: randomUUID(), values: { vehicle: 'Van 1', note } });
const countInspections = (): number | undefined => backend.state().objects['inspection'];

test.each<[string, (good: DeviceCredentials) => DeviceCredentials | undefined, () => Record<string, string>]>([
  ['no credentials', () => undefined, () => ({})],
  ['another token', (good) => ({ ...good, token: good.token.replace(/./g, '0') }), () => ({})],
  ['an empty token', (good) => ({ ...good, token: '' }), () => ({})],
  ['a session that does not exist', (good) => ({ ...good, session_id: randomUUID() }), () => ({})],
  ['no header that says Device', (good) => good, () => ({ 'Journey-Authentication-Type': '' })],
  ['the API’s token', () => undefined, () => ({ Authorization: `Bearer ${backend.token}` })]
])('with %s a device is answered 401', async (_name, choose, chooseHeaders) => {
  await start();
  const credentials = choose(await enroll());

  for (const action of ['connect', 'upload', 'leave']) {
    const body = { rows: [inspection('x')], keep_data: false };
    const answer = await callDevice(backend, action, body, credentials, chooseHeaders());
    expect(answer).toMatchObject({ status: 401, json: { type: 'AUTHENTICATION_FAILED' } });
  }
  expect(sessions()).toMatchObject([{ state: 'ENROLLED' }]);
  expect(countInspections()).toBe(0);
});

test('the credentials of a device are none for the API', async () => {
  await start();
  const { session_id: id, token } = await enroll();

  const basic = `Basic ${Buffer.from(`${id}:${token}`).toString('base64')}`;
  for (const Authorization of [`Bearer ${token}`, basic]) {
    expect((await callBackend(backend, 'GET', 'users', undefined, { Authorization })).status).toBe(401);
  }
});

test('a token is shown to its device alone', async () => {
  await start();
  const credentials = await enroll();
  await tell('connect', {}, credentials);

  const paths = ['users', `users/${userId}`, `users/${userId}/sessions/${credentials.session_id}`];
  const shown = await Promise.all(paths.map((path) => callBackend(backend, 'GET', path)));
  const requests = await (await fetch(`${backend.origin}/_local/requests`)).text();

  expect(shown.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect([...shown.map(({ text }) => text), requests].filter((text) => text.includes(credentials.token))).toEqual([]);
});
