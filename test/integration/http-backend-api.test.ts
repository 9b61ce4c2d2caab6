import { HttpBackendApi } from '../../cloudcode/lock_users/src/adapters/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/adapters/system-clock';
import { buildLockOperation } from '../../cloudcode/lock_users/src/core/lock-batch';
import { Secret } from '../../cloudcode/lock_users/src/core/Secret';
import type { LockOperation } from '../../cloudcode/lock_users/src/core/vocabulary';
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

test('a page of users gives their lock state and whether there are more', async () => {
  stub.answer = () => ({
    body: JSON.stringify({
      more: true,
      objects: [{ id: userId(1), locked: true, sessions: [{ state: 'RESET' }, null, { state: 'LOCKED' }] }]
    })
  });

  expect(await api.readUserStates(1000, 2000, TIMEOUT_MS)).toEqual({
    users: [{ userId: userId(1), locked: true, resetSessions: 1 }],
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

  expect(await api.readDeployment(TIMEOUT_MS)).toEqual(expected);
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
  ['a user without locked', { body: '{"more":false,"objects":[{"id":"a"}]}' }, 'BACKEND_PROTOCOL', '"locked"'],
  ['null in the list', { body: '{"more":false,"objects":[null]}' }, 'BACKEND_PROTOCOL', '"locked"'],
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

  expect((error as { parts: object }).parts).toMatchObject({ status: 429 });
  expect((error as { parts: { retryAfterMs?: number } }).parts.retryAfterMs).toBe(retryAfterMs);
});
