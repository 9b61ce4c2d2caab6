import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { callDevice, enrollDevice } from '../support/call-device';

let backend: RunningBackend;
let ids: readonly string[];
beforeEach(async () => {
  backend = await startBackend();
  ids = backend.seed({ users: 3, twoDevices: 1 }).userIds;
});
afterEach(() => backend.close());

async function control(path: string, body: object): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${backend.origin}/_local/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  return { status: response.status, json: await response.json() };
}

async function lock(...userIds: readonly string[]): Promise<void> {
  const operations = userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }));
  await callBackend(backend, 'POST', 'batch.json', { operations });
}

test('after an undo all devices can sign in again, and a locked user stays out', async () => {
  await lock(...ids);
  for (const id of ids.slice(1)) await callBackend(backend, 'POST', `users/${id}/unlock`);

  expect(await control('sign-in', {})).toEqual({ status: 200, json: { users: 2, sessions: 3 } });

  expect(backend.state().sessions).toMatchObject({ ENROLLED: 3, LOCKED: 1 });
  expect(backend.user(ids[0] ?? '')).toMatchObject({ locked: true, enrolled: false });
  expect(await control('sign-in', {})).toEqual({ status: 200, json: { users: 0, sessions: 0 } });
});

test('only those who are named sign in, and a wipe that is pending stays so', async () => {
  const [first = '', second = '', third = ''] = ids;
  for (const id of [first, second]) await callBackend(backend, 'POST', `users/${id}/lock`, { wipe: id === first });
  for (const id of [first, second]) await callBackend(backend, 'POST', `users/${id}/unlock`);
  await lock(third);

  expect(await control('sign-in', { userIds: [first, second, third] })).toMatchObject({
    json: { users: 1, sessions: 1 }
  });
  expect(backend.state().sessions).toMatchObject({ ENROLLED: 1, LOCKED: 2, RESET: 1 });
});

test('a device that has credentials is back in the app with them', async () => {
  const [id = ''] = ids;
  const credentials = await enrollDevice(backend, id, 'tablet');
  await lock(id);
  await callBackend(backend, 'POST', `users/${id}/unlock`);
  expect(await callDevice(backend, 'connect', {}, credentials)).toMatchObject({ json: { state: 'LOCKED' } });

  await control('sign-in', { userIds: [id] });

  expect(await callDevice(backend, 'connect', {}, credentials)).toMatchObject({ json: { state: 'ENROLLED' } });
});

test.each<[object, string]>([
  [{ users: ['x'] }, 'There is no "users". The body may have "userIds".'],
  [{ userIds: 'x' }, '"userIds" must be a list of ids.'],
  [{ userIds: ['nobody'] }, 'There is no user with the id "nobody".']
])('signing in with %j says what is wrong, and changes nothing', async (body, error) => {
  expect(await control('sign-in', body)).toEqual({ status: 400, json: { error } });
});
