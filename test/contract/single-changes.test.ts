import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import type { SessionView } from '../../tasks/local/backend/state/Session';
import { callBackend } from '../support/call-backend';
import type { Answer } from '../support/call-backend';

// Source: "Manage app users and sessions" of the vendor's documentation has the routes. The answers are published nowhere, so a switch
// decides; what becomes of the session and the user is assumed from the documented meaning of the states.

let backend: RunningBackend;
let unlockedId: string;
let lockedId: string;

async function start(options: BackendOptions = {}): Promise<void> {
  backend = await startBackend(options);
  const { userIds, lockedIds } = backend.seed({ users: 2, locked: 1 });
  [unlockedId, lockedId] = [userIds[0] ?? '', lockedIds[0] ?? ''];
}
afterEach(() => backend.close());

const post = (path: string): Promise<Answer> => callBackend(backend, 'POST', path);
const sessionOf = (userId: string): SessionView | undefined => backend.user(userId)?.sessions?.[0];
const reauthenticate = (userId: string): Promise<Answer> =>
  post(`users/${userId}/sessions/${sessionOf(userId)?.id}/re-authenticate`);

test.each<['no-content' | 'user' | 'empty', number, string, object]>([
  ['no-content', 204, '', {}],
  ['empty', 200, '', {}],
  ['user', 200, '"locked":false', { locked: false, enrolled: false, sessions: [{ state: 'LOCKED' }] }]
])('with actionAnswer=%s unlocking is answered with %i and "%s"', async (actionAnswer, status, text, json) => {
  await start({ switches: { actionAnswer } });

  const answer = await post(`users/${lockedId}/unlock`);

  expect(answer).toMatchObject({ status, json });
  expect(answer.text === '').toBe(text === '');
  expect(answer.text).toContain(text);
  expect(backend.user(lockedId)?.locked).toBe(false);
});

test.each<['error' | 'success', number, string | undefined]>([
  ['error', 422, 'INVALID_OPERATION'],
  ['success', 204, undefined]
])('with repeatLock=%s unlocking an unlocked user is answered with %i', async (repeatLock, status, type) => {
  await start({ switches: { repeatLock } });

  const answer = await post(`users/${unlockedId}/unlock`);

  expect([answer.status, answer.json['type']]).toEqual([status, type]);
  expect(backend.user(unlockedId)).toMatchObject({ locked: false, sessions: [{ state: 'ENROLLED' }] });
});

test.each<['no-content' | 'user' | 'empty', number, object]>([
  ['no-content', 204, {}],
  ['empty', 200, {}],
  ['user', 200, { locked: false, enrolled: false, sessions: [{ state: 'LOCKED' }] }]
])('with actionAnswer=%s re-authenticating a session is answered with %i', async (actionAnswer, status, json) => {
  await start({ switches: { actionAnswer } });

  expect(await reauthenticate(unlockedId)).toMatchObject({ status, json });
});

test('a session that is ENROLLED is LOCKED by re-authenticating, with the time, and its user stays unlocked', async () => {
  await start();
  expect(sessionOf(unlockedId)).toMatchObject({ state: 'ENROLLED', signed_out_at: null });

  await reauthenticate(unlockedId);

  expect(sessionOf(unlockedId)).toMatchObject({ state: 'LOCKED', signed_out_at: expect.stringMatching(/Z$/) });
  expect(backend.user(unlockedId)).toMatchObject({ locked: false, enrolled: false });
});

test('a session that is LOCKED stays so when it is re-authenticated, and its user stays locked', async () => {
  await start();

  expect((await reauthenticate(lockedId)).status).toBe(204);

  expect(backend.user(lockedId)).toMatchObject({ locked: true, sessions: [{ state: 'LOCKED' }] });
});

test('re-authenticating a session that is RESET does not take its pending wipe back, nor change when it was signed out', async () => {
  await start();
  await post(`users/${unlockedId}/sessions/${sessionOf(unlockedId)?.id}/wipe`);
  const before = backend.user(unlockedId);

  expect((await reauthenticate(unlockedId)).status).toBe(204);

  expect(before?.sessions).toMatchObject([{ state: 'RESET' }]);
  expect(backend.user(unlockedId)).toEqual(before);
});

test.each<[string, (userId: string) => string]>([
  ['an unknown user', () => 'users/nobody/sessions/none/re-authenticate'],
  ['an unknown session', (userId) => `users/${userId}/sessions/none/re-authenticate`]
])('re-authenticating %s is 404 OBJECT_NOT_FOUND', async (_name, path) => {
  await start();

  expect(await post(path(unlockedId))).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });
});

test('a poisoned user is refused alone, too, and nothing is changed', async () => {
  await start();
  const [before, path] = [backend.users(), `users/${unlockedId}/sessions/${sessionOf(unlockedId)?.id}/re-authenticate`];
  await putFaults({ kind: 'poison', userIds: [lockedId, unlockedId], status: 422 });

  expect([(await post(`users/${lockedId}/unlock`)).status, (await post(path)).status]).toEqual([422, 422]);
  expect(backend.users()).toEqual(before);
  expect((await callBackend(backend, 'GET', `users/${lockedId}`)).status).toBe(200);

  await putFaults({ kind: 'poison', userIds: [unlockedId], status: 422 });
  expect((await post(`users/${lockedId}/unlock`)).status).toBe(204);
});

test('a fault for batches with a lock leaves requests alone that change one user', async () => {
  await start();
  await putFaults({ kind: 'status', status: 503, locks: true });

  expect((await post(`users/${lockedId}/unlock`)).status).toBe(204);
});

async function putFaults(...faults: object[]): Promise<void> {
  await fetch(`${backend.origin}/_local/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ faults })
  });
}
