import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import { buildLockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { LockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import { StubBackend } from '../support/StubBackend';
import type { StubAnswer } from '../support/StubBackend';
import { userId } from '../support/user-id';

const TOKEN = ['not', 'a', 'real', 'one'].join('-');
const TIMEOUT_MS = 10_000;
const stub = new StubBackend();
let api: HttpBackendApi;
let backendUrl: string;

beforeAll(async () => {
  backendUrl = await stub.start();
  api = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN), authScheme: 'Bearer' }, systemClock);
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

  expect(await api.readUserStates(1000, 2000, TIMEOUT_MS)).toEqual({
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

test.each<[string, StubAnswer, string, string]>([
  [
    '401 in plain text',
    { status: 401, body: 'HTTP Basic: Access denied.' },
    'BACKEND_UNAUTHORIZED',
    'Check JOURNEY_API_TOKEN'
  ],
  [
    'an unknown deployment',
    { status: 404, body: '{"type":"ACCOUNT_NOT_FOUND"}' },
    'UNKNOWN_DEPLOYMENT',
    '24 hex digits'
  ],
  ['a gateway page', { status: 502, body: '<html>Bad gateway</html>' }, 'BACKEND_UNAVAILABLE', 'Wait a few minutes'],
  [
    'a redirect',
    { status: 302, headers: { Location: '/elsewhere' }, body: '' },
    'WRONG_ADDRESS',
    'Check JOURNEY_BACKEND_URL'
  ],
  ['200 with HTML', { body: '<html>Welcome</html>' }, 'BACKEND_PROTOCOL', 'no JSON'],
  ['200 with nothing', { body: '' }, 'BACKEND_PROTOCOL', 'no JSON'],
  ['truncated JSON', { body: '{"more":true,"obj' }, 'BACKEND_PROTOCOL', 'no JSON'],
  ['users without more', { body: '{"objects":[]}' }, 'BACKEND_PROTOCOL', '"objects" and "more"'],
  ['JSON null', { body: 'null' }, 'BACKEND_PROTOCOL', '"objects" and "more"'],
  ['a dropped connection', (response) => response.destroy(), 'BACKEND_UNREACHABLE', 'socket hang up']
])('%s is a clear error', async (_name, answer, code, sentence) => {
  stub.answer = () => answer;

  await expect(api.readUserStates(1000, 0, TIMEOUT_MS)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(sentence)
  });
  expect(stub.requests).toHaveLength(1);
});

test('an answer that does not come in time, or stops halfway, is a clear error', async () => {
  const hasty = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN), authScheme: 'Bearer' }, systemClock);
  stub.answer = () => (response) => response.writeHead(200).write('{"more":');

  await expect(hasty.readUserStates(1000, 0, 50)).rejects.toThrow('GET users failed: not answered within 0.05 s.');
});

test('a server that is not there is a clear error', async () => {
  const other = new StubBackend();
  const nowhere = new HttpBackendApi(
    { backendUrl: await other.start(), token: new Secret(TOKEN), authScheme: 'Bearer' },
    systemClock
  );
  await other.stop();

  await expect(nowhere.readDeployment(TIMEOUT_MS)).rejects.toMatchObject({
    code: 'BACKEND_UNREACHABLE',
    message: expect.stringMatching(/ECONNREFUSED.* Check the host in JOURNEY_BACKEND_URL/)
  });
});

test('a token that the server sends back is taken out of errors and answers', async () => {
  stub.answer = () => ({
    status: 400,
    body: JSON.stringify({ type: 'X', detail: `Authorization was Bearer ${TOKEN}` })
  });
  await expect(api.readDeployment(TIMEOUT_MS)).rejects.toThrow('Authorization was Bearer [redacted]');

  stub.answer = () => ({ status: 400, body: `{"type":"X","detail":"${TOKEN.replace('-', '\\u002d')}"}` });
  await expect(api.readDeployment(TIMEOUT_MS)).rejects.toThrow('X: [redacted]');

  stub.answer = () => ({ body: JSON.stringify({ operations: [{ error: { detail: TOKEN } }] }) });
  expect(await api.postBatch([buildLockOperation(userId(1))], TIMEOUT_MS)).toEqual({
    operations: [{ error: { detail: '[redacted]' } }]
  });
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['seconds', { 'Retry-After': '7' }, 7000],
  ['a fraction', { 'Retry-After': '0.249' }, 249],
  [
    'a date, counted from the server’s own',
    { 'Retry-After': 'Fri, 02 Jan 2026 10:00:30 GMT', Date: 'Fri, 02 Jan 2026 10:00:00 GMT' },
    30_000
  ],
  ['a date in the past', { 'Retry-After': 'Fri, 02 Jan 2026 10:00:30 GMT', Date: 'Fri, 02 Jan 2026 11:00:00 GMT' }, 0],
  ['words', { 'Retry-After': 'soon' }, undefined],
  ['nothing', {}, undefined]
])('Retry-After with %s is understood', async (_name, headers, retryAfterMs) => {
  stub.answer = () => ({ status: 429, headers, body: '{"type":"TOO_MANY_REQUESTS"}' });

  const error: unknown = await api.readDeployment(TIMEOUT_MS).catch((thrown: unknown) => thrown);

  expect((error as { details: object }).details).toMatchObject({ status: 429 });
  expect((error as { details: { retryAfterMs?: number } }).details.retryAfterMs).toBe(retryAfterMs);
});

test.each(['http://127.0.0.1:1', 'http://localhost:1'])(
  'an address at which nobody listens is in the message: %s',
  async (origin) => {
    const backendUrl = `${origin}/api/v4/64b0c0ffee64b0c0ffee64b0`;
    const nobody = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN), authScheme: 'Bearer' }, systemClock);

    await expect(nobody.readDeployment(TIMEOUT_MS)).rejects.toMatchObject({
      details: { network: 'unreachable', message: expect.stringMatching(`${origin}.*ECONNREFUSED`) }
    });
  }
);

test('a byte order mark before the JSON is tolerated, in answers and in errors', async () => {
  stub.answer = () => ({ body: '\uFEFF{"label":"Depot"}' });
  expect((await api.readDeployment(TIMEOUT_MS)).label).toBe('Depot');

  stub.answer = () => ({ status: 404, body: '\uFEFF{"type":"ACCOUNT_NOT_FOUND"}' });
  await expect(api.readDeployment(TIMEOUT_MS)).rejects.toMatchObject({ code: 'UNKNOWN_DEPLOYMENT' });
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
