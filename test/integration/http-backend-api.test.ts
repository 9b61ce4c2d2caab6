import type { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { buildLockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import type { LockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import type { SessionState } from '../../cloudcode/lock_users/src/users/UserState';
import { connectApi, TIMEOUT_MS, TOKEN } from '../support/connect-api';
import { StubBackend } from '../support/StubBackend';
import { userId } from '../support/user-id';

const stub = new StubBackend();
let api: HttpBackendApi;

beforeAll(async () => {
  api = connectApi(await stub.start());
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.requests.length = 0;
});

test('a batch is posted as JSON with the token as Bearer and the literal wipe: false', async () => {
  stub.answer = () => ({ body: '{"operations":[{"success":true}]}' });

  const answer = await api.postBatch([buildLockOperation(userId(1))], TIMEOUT_MS);

  expect(answer).toEqual({ operations: [{ success: true }] });
  expect(stub.requests).toEqual([
    expect.objectContaining({
      name: 'POST batch.json',
      body: `{"operations":[{"method":"users/lock","user_id":"${userId(1)}","wipe":false}]}`,
      headers: expect.objectContaining({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' })
    })
  ]);
});

test.each<[string, object]>([
  ['without wipe', { method: 'users/lock', user_id: userId(1) }],
  ['with the mistyped key', { method: 'users/lock', user_id: userId(1), ' wipe': false }],
  ['with wipe: true', { method: 'users/lock', user_id: userId(1), wipe: true }]
])('an operation %s that got past the types never leaves the process', async (_name, operation) => {
  await expect(api.postBatch([operation as LockOperation], TIMEOUT_MS)).rejects.toThrow(
    'is not a lock with "wipe": false'
  );

  expect(stub.requests).toEqual([]);
});

/** The session with its times, which are read when they are asked for. */
function readSession({
  sessionId,
  state,
  signedOutAtMs,
  authenticatedAtMs,
  lastConnectedAtMs
}: SessionState): SessionState {
  return { sessionId, state, signedOutAtMs, authenticatedAtMs, lastConnectedAtMs: lastConnectedAtMs ?? null };
}

test('a page of users gives their lock state, their sessions, and whether there are more', async () => {
  stub.answer = () => ({
    body: JSON.stringify({
      more: true,
      objects: [
        { id: userId(1), locked: true, enrolled: false, sessions: [{ id: 's1', state: 'RESET' }, null] },
        {
          id: userId(2),
          locked: false,
          sessions: [
            {
              id: 's2',
              state: 'ENROLLED',
              signed_out_at: '2024-01-31T17:00:00Z',
              last_authenticated_at: '2024-02-01T08:00:00Z',
              last_connected_at: '2024-02-03T10:20:30Z'
            }
          ]
        },
        { id: userId(3), locked: false }
      ]
    })
  });

  const { users, ...page } = await api.readUserStates(1000, 2000, TIMEOUT_MS);
  expect({ users: users.map((user) => ({ ...user, sessions: user.sessions.map(readSession) })), ...page }).toEqual({
    users: [
      {
        userId: userId(1),
        locked: true,
        enrolled: false,
        sessions: [
          { sessionId: 's1', state: 'RESET', signedOutAtMs: null, authenticatedAtMs: null, lastConnectedAtMs: null },
          { sessionId: '', state: '', signedOutAtMs: null, authenticatedAtMs: null, lastConnectedAtMs: null }
        ]
      },
      {
        userId: userId(2),
        locked: false,
        enrolled: true,
        sessions: [
          {
            sessionId: 's2',
            state: 'ENROLLED',
            signedOutAtMs: Date.UTC(2024, 0, 31, 17),
            authenticatedAtMs: Date.UTC(2024, 1, 1, 8),
            lastConnectedAtMs: Date.UTC(2024, 1, 3, 10, 20, 30)
          }
        ]
      },
      // Of whom nothing says so, nobody knows that they are out of the app.
      { userId: userId(3), locked: false, enrolled: true, sessions: [] }
    ],
    malformed: 0,
    isCached: false,
    more: true
  });
  expect(stub.requests[0]).toMatchObject({ name: 'GET users', query: '?limit=1000&skip=2000' });
});

test.each([
  ['{"label":"Depot","environment":"testing","region":"eu"}', { label: 'Depot', environment: 'testing' }],
  ['{"label":null}', { label: null, environment: null }],
  ['{}', { label: null, environment: null }]
])('info.json with %s is understood', async (body, expected) => {
  stub.answer = () => ({ body });

  const { serverTimeMs, ...named } = await api.readDeployment(TIMEOUT_MS);

  expect(named).toEqual(expected);
  expect(Math.abs((serverTimeMs ?? 0) - Date.now())).toBeLessThan(TIMEOUT_MS);
});

test.each<[string, unknown, number]>([
  ['no "locked"', { id: 'a' }, 0],
  ['"locked": null', { id: 'a', locked: null }, 0],
  ['no id', { locked: true }, 1],
  ['a number as id', { id: 5, locked: true }, 1],
  ['an empty id', { id: '', locked: true }, 1],
  ['nothing', null, 1]
])('a user with %s does not keep the others from being read', async (_name, entry, malformed) => {
  const other = { id: 'b', locked: true, enrolled: true, sessions: [] };
  stub.answer = () => ({ body: JSON.stringify({ more: false, objects: [entry, other] }) });

  const page = await api.readUserStates(1000, 0, TIMEOUT_MS);

  expect(page.malformed).toBe(malformed);
  expect(page.users.map(({ userId: id, locked }) => [id, locked])).toEqual([
    ...(malformed === 0 ? [['a', null]] : []),
    ['b', true]
  ]);
});

test('reads ask caches to stay out, and the time of an answer that comes out of one is not believed', async () => {
  stub.answer = () => ({ headers: { Age: '600', Date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, body: '{"label":"Depot"}' });

  expect((await api.readDeployment(TIMEOUT_MS)).serverTimeMs).toBeNull();
  expect(stub.requests[0]?.headers['cache-control']).toBe('no-cache');
});
