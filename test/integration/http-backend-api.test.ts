import { HttpBackendApi } from '../../cloudcode/lock_users/src/adapters/HttpBackendApi';
import { buildLockOperation } from '../../cloudcode/lock_users/src/core/lock-batch';
import { Secret } from '../../cloudcode/lock_users/src/core/Secret';
import type { LockOperation } from '../../cloudcode/lock_users/src/core/vocabulary';
import { StubBackend } from '../support/StubBackend';
import type { StubAnswer } from '../support/StubBackend';
import { userId } from '../support/user-id';

const TOKEN = ['not', 'a', 'real', 'one'].join('-');
const stub = new StubBackend();
let api: HttpBackendApi;
let backendUrl: string;

beforeAll(async () => {
  backendUrl = await stub.start();
  api = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN) });
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.requests.length = 0;
});

test('a batch is posted as JSON with the token as Bearer and the literal wipe: false', async () => {
  stub.answer = () => ({ body: '{"operations":[{"success":true}]}' });

  const answer = await api.postBatch([buildLockOperation(userId(1))]);

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
  await expect(api.postBatch([operation as LockOperation])).rejects.toThrow('is not a lock with "wipe": false');

  expect(stub.requests).toEqual([]);
});

test('a page of users gives their lock state and whether there are more', async () => {
  stub.answer = () => ({
    body: JSON.stringify({ more: true, objects: [{ id: userId(1), locked: true, sessions: [] }] })
  });

  expect(await api.readUserStates(1000, 2000)).toEqual({ users: [{ userId: userId(1), locked: true }], more: true });
  expect(stub.requests[0]).toMatchObject({ name: 'GET users', query: '?limit=1000&skip=2000' });
});

test.each([
  ['{"label":"Depot","environment":"testing","region":"eu"}', { label: 'Depot', environment: 'testing' }],
  ['{"label":null}', { label: null, environment: null }],
  ['{}', { label: null, environment: null }]
])('info.json with %s is understood', async (body, expected) => {
  stub.answer = () => ({ body });

  expect(await api.readDeployment()).toEqual(expected);
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

  await expect(api.readUserStates(1000, 0)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  expect(stub.requests).toHaveLength(1);
});

test('an answer that does not come in time, or stops halfway, is a clear error', async () => {
  const hasty = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN), timeoutMs: 50 });
  stub.answer = () => (response) => response.writeHead(200).write('{"more":');

  await expect(hasty.readUserStates(1000, 0)).rejects.toThrow('GET users failed: not answered within 0.05 s.');
});

test('a server that is not there is a clear error', async () => {
  const other = new StubBackend();
  const nowhere = new HttpBackendApi({ backendUrl: await other.start(), token: new Secret(TOKEN) });
  await other.stop();

  await expect(nowhere.readDeployment()).rejects.toMatchObject({
    code: 'BACKEND_UNREACHABLE',
    message: expect.stringMatching(/ECONNREFUSED.* Check the host in JOURNEY_BACKEND_URL/)
  });
});

test('a token that the server sends back is taken out of errors and answers', async () => {
  stub.answer = () => ({
    status: 400,
    body: JSON.stringify({ type: 'X', detail: `Authorization was Bearer ${TOKEN}` })
  });
  await expect(api.readDeployment()).rejects.toThrow('Authorization was Bearer [redacted]');

  stub.answer = () => ({ body: JSON.stringify({ operations: [{ error: { detail: TOKEN } }] }) });
  expect(await api.postBatch([buildLockOperation(userId(1))])).toEqual({
    operations: [{ error: { detail: '[redacted]' } }]
  });
});
