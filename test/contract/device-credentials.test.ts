import { randomUUID } from 'node:crypto';
import { callBackend } from '../support/call-backend';
import { callDevice } from '../support/call-device';
import type { DeviceCredentials } from '../support/call-device';
import { DeviceCalls, inspection } from '../support/DeviceCalls';

// Source: the credentials of a device are those of the vendor's public client (client source). The routes are invented.

let calls: DeviceCalls;
afterEach(() => calls.backend.close());

test.each<[string, (good: DeviceCredentials) => DeviceCredentials | undefined, () => Record<string, string>]>([
  ['no credentials', () => undefined, () => ({})],
  ['another token', (good) => ({ ...good, token: good.token.replace(/./g, '0') }), () => ({})],
  ['an empty token', (good) => ({ ...good, token: '' }), () => ({})],
  ['a session that does not exist', (good) => ({ ...good, session_id: randomUUID() }), () => ({})],
  ['no header that says Device', (good) => good, () => ({ 'Journey-Authentication-Type': '' })],
  ['the API’s token', () => undefined, () => ({ Authorization: `Bearer ${calls.backend.token}` })]
])('with %s a device is answered 401', async (_name, choose, chooseHeaders) => {
  calls = await DeviceCalls.start();
  const credentials = choose(await calls.enroll());

  for (const action of ['connect', 'upload', 'leave']) {
    const body = { rows: [inspection('x')], keep_data: false };
    const answer = await callDevice(calls.backend, action, body, credentials, chooseHeaders());
    expect(answer).toMatchObject({ status: 401, json: { type: 'AUTHENTICATION_FAILED' } });
  }
  expect(calls.sessions()).toMatchObject([{ state: 'ENROLLED' }]);
  expect(calls.countInspections()).toBe(0);
});

test('the credentials of a device are none for the API', async () => {
  calls = await DeviceCalls.start();
  const { session_id: id, token } = await calls.enroll();

  const basic = `Basic ${Buffer.from(`${id}:${token}`).toString('base64')}`;
  for (const Authorization of [`Bearer ${token}`, basic]) {
    expect((await callBackend(calls.backend, 'GET', 'users', undefined, { Authorization })).status).toBe(401);
  }
});

test('a token is shown to its device alone', async () => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();
  await calls.tell('connect', {}, credentials);

  const paths = ['users', `users/${calls.userId}`, `users/${calls.userId}/sessions/${credentials.session_id}`];
  const shown = await Promise.all(paths.map((path) => callBackend(calls.backend, 'GET', path)));
  const requests = await (await fetch(`${calls.backend.origin}/_local/requests`)).text();

  expect(shown.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect([...shown.map(({ text }) => text), requests].filter((text) => text.includes(credentials.token))).toEqual([]);
});
