import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

// Source: "Manage app users and sessions" of the vendor's documentation: routes, states of sessions, that deleting a user wipes. That a
// lock with `wipe: false` keeps data is said by the vendor's staff in its forum. How a lock changes sessions is assumed from both.

let backend: RunningBackend;
let userIds: readonly string[];

async function start(options: BackendOptions = {}): Promise<void> {
  backend = await startBackend(options);
  ({ userIds } = backend.seed({ users: 4, twoDevices: 1, neverEnrolled: 1, locked: 1 }));
}
afterEach(() => backend.close());

const user = (index: number): string => userIds[index] ?? '';
const states = (index: number): unknown => backend.user(user(index))?.sessions?.map((session) => session.state);
const post = (path: string, body?: unknown, headers?: Record<string, string>) =>
  callBackend(backend, 'POST', path, body, headers);
const batch = (...operations: unknown[]) => post('batch.json', { operations });
const lockOf = (id: string, rest: object = { wipe: false }): object => ({ method: 'users/lock', user_id: id, ...rest });

const WIPES: [string, object, string][] = [
  ['wipe: false', { wipe: false }, 'LOCKED'],
  ['wipe: true', { wipe: true }, 'RESET'],
  ['no wipe', {}, 'RESET'],
  ['the mistyped key " wipe"', { ' wipe': false }, 'RESET'],
  ['wipe: "false"', { wipe: 'false' }, 'RESET'],
  ['wipe: null', { wipe: null }, 'RESET'],
  ['wipe: 0', { wipe: 0 }, 'RESET']
];

test.each(WIPES)(
  'a users/lock operation with %s locks the user and leaves an enrolled session %s',
  async (_name, rest, state) => {
    await start();

    const answer = await batch(lockOf(user(0), rest));

    expect(answer).toMatchObject({ status: 200, json: { stop_on_error: false, operations: [{ success: true }] } });
    expect(backend.user(user(0))).toMatchObject({ locked: true, enrolled: false });
    expect(states(0)).toEqual([state]);
    expect(backend.user(user(0))?.sessions?.[0]?.signed_out_at).not.toBeNull();
  }
);

test.each(WIPES)('POST lock with %s locks the user and leaves an enrolled session %s', async (_name, body, state) => {
  await start();

  expect((await post(`users/${user(0)}/lock`, body)).status).toBe(204);
  expect(states(0)).toEqual([state]);
});

test('POST lock without a body wipes', async () => {
  await start();

  await post(`users/${user(0)}/lock`);

  expect(states(0)).toEqual(['RESET']);
});

test.each<[string, object, number, unknown]>([
  ['keep', {}, 200, ['LOCKED']],
  ['refuse', {}, 400, ['ENROLLED']],
  ['refuse', { wipe: 'false' }, 400, ['ENROLLED']],
  ['refuse', { wipe: false }, 200, ['LOCKED']]
])('with missingWipe=%s a lock with %j is answered with %i', async (missingWipe, rest, status, expected) => {
  await start({ switches: { missingWipe: missingWipe as 'keep' } });

  expect((await batch(lockOf(user(0), rest))).status).toBe(status);
  expect(states(0)).toEqual(expected);
});

test('with wipeFalse=wipes a lock wipes that says that it must not', async () => {
  await start({ switches: { wipeFalse: 'wipes' } });

  await batch(lockOf(user(0), { wipe: false }));

  expect(states(0)).toEqual(['RESET']);
});

test('every device of a user is signed out, and a user who was never in the app can be locked', async () => {
  await start();

  await batch(lockOf(user(1)), lockOf(user(2)));

  expect(states(1)).toEqual(['LOCKED', 'LOCKED']);
  expect(backend.user(user(2))).toEqual({ id: user(2), last_connected_at: null, enrolled: false, locked: true });
});

test('a wiping lock resets LOCKED sessions as well, and a keeping lock never takes a pending wipe back', async () => {
  await start({ switches: { repeatLock: 'success' } });

  await batch(lockOf(user(3), { wipe: true }));
  expect(states(3)).toEqual(['RESET']);

  await batch(lockOf(user(3)));
  expect(states(3)).toEqual(['RESET']);
});

test.each<['error' | 'success', boolean]>([
  ['error', false],
  ['success', true]
])('with repeatLock=%s locking a locked user has success %j', async (repeatLock, success) => {
  await start({ switches: { repeatLock } });

  const answer = await batch(lockOf(user(3)));

  expect(answer.json['operations']).toMatchObject([{ success }]);
  expect(states(3)).toEqual(['LOCKED']);
});

test('unlocking leaves the sessions as they are', async () => {
  await start();

  await post(`users/${user(3)}/unlock`);

  expect(backend.user(user(3))).toMatchObject({ locked: false, enrolled: false });
  expect(states(3)).toEqual(['LOCKED']);
});

test('wiping and re-authenticating are about one session and lock nobody', async () => {
  await start();
  const [first, second] = backend.user(user(1))?.sessions ?? [];

  await post(`users/${user(1)}/sessions/${first?.id}/wipe`);
  await post(`users/${user(1)}/sessions/${second?.id}/re-authenticate`);
  expect(states(1)).toEqual(['RESET', 'LOCKED']);
  expect(backend.user(user(1))?.locked).toBe(false);

  await post(`users/${user(1)}/sessions/${first?.id}/re-authenticate`);
  expect(states(1)).toEqual(['RESET', 'LOCKED']);
});

test('an authentication token is given to a user who is not locked', async () => {
  await start();

  expect((await post(`users/${user(0)}/authentication-token`)).json).toMatchObject({
    url: expect.stringMatching(/^https:/)
  });
  expect((await post(`users/${user(3)}/authentication-token`)).status).toBe(422);
});

test.each<['no-content' | 'user' | 'empty', number, string]>([
  ['no-content', 204, ''],
  ['empty', 200, ''],
  ['user', 200, '"locked":true']
])('with actionAnswer=%s a lock is answered with %i', async (actionAnswer, status, text) => {
  await start({ switches: { actionAnswer } });

  const answer = await post(`users/${user(0)}/lock`, { wipe: false });

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(text);
});

test('deleting a user object locks the user, resets the devices, and takes the user out of the list', async () => {
  await start();

  expect((await callBackend(backend, 'DELETE', `objects/user/${user(1)}.json`)).status).toBe(200);

  expect(backend.user(user(1))).toBeUndefined();
  expect(backend.state()).toMatchObject({ users: 3, resetSessions: 2 });
  expect((await callBackend(backend, 'GET', `users/${user(1)}`)).json['type']).toBe('OBJECT_NOT_FOUND');
});

test.each<[string, string, string]>([
  ['POST', 'users/nobody/lock', 'OBJECT_NOT_FOUND'],
  ['POST', 'users/nobody/unlock', 'OBJECT_NOT_FOUND'],
  ['GET', 'users/nobody', 'OBJECT_NOT_FOUND'],
  ['GET', 'users/nobody/sessions/none', 'OBJECT_NOT_FOUND']
])('%s %s is 404 %s', async (method, path, type) => {
  await start();

  expect(await callBackend(backend, method, path)).toMatchObject({ status: 404, json: { type } });
});
