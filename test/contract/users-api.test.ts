import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

// Source: "Manage app users and sessions" and the page of its deprecated predecessor: an app has the one API or the other. What an
// app without the users API answers is assumed: 404 ROUTE_ERROR, as for any path that is not there.

let backend: RunningBackend;
let userId: string;
beforeEach(async () => {
  backend = await startBackend({ switches: { usersApi: 'absent' } });
  userId = backend.seed({ users: 1 }).userIds[0] ?? '';
});
afterEach(() => backend.close());

test.each([
  ['GET', 'users'],
  ['GET', 'users/ID'],
  ['POST', 'users/ID/lock'],
  ['POST', 'users/ID/unlock'],
  ['POST', 'users/ID/authentication-token'],
  ['GET', 'users/ID/sessions/x']
])('with usersApi=absent %s %s is 404 ROUTE_ERROR', async (method, path) => {
  const answer = await callBackend(backend, method, path.replace('ID', userId), method === 'POST' ? {} : undefined);

  expect(answer).toMatchObject({ status: 404, json: { type: 'ROUTE_ERROR' } });
});

test('with usersApi=absent a lock in a batch is an unknown method, and objects of users are there', async () => {
  const operations = [{ method: 'users/lock', user_id: userId, wipe: false }];

  expect(await callBackend(backend, 'POST', 'batch.json', { operations })).toMatchObject({
    status: 400,
    json: { type: 'INVALID_API_REQUEST' }
  });
  expect(backend.user(userId)?.locked).toBe(false);
  expect((await callBackend(backend, 'GET', `objects/user/${userId}.json`)).status).toBe(200);
});
