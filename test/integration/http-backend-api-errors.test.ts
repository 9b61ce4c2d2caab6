import type { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { buildLockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import { connectApi, TIMEOUT_MS, TOKEN } from '../support/connect-api';
import { StubBackend } from '../support/StubBackend';
import type { StubAnswer } from '../support/StubBackend';
import { userId } from '../support/user-id';

const stub = new StubBackend();
let api: HttpBackendApi;
let backendUrl: string;

beforeAll(async () => {
  backendUrl = await stub.start();
  api = connectApi(backendUrl);
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.requests.length = 0;
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
  const hasty = connectApi(backendUrl);
  stub.answer = () => (response) => response.writeHead(200).write('{"more":');

  await expect(hasty.readUserStates(1000, 0, 50)).rejects.toThrow('GET users failed: not answered within 0.05 s.');
});

test('a server that is not there is a clear error', async () => {
  const other = new StubBackend();
  const nowhere = connectApi(await other.start());
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

test('a token that the server sends back as an address has it is taken out', async () => {
  const token = `${TOKEN}+/=`;
  stub.answer = () => ({ status: 400, body: JSON.stringify({ type: 'X', detail: `?t=${encodeURIComponent(token)}` }) });

  await expect(connectApi(backendUrl, token).readDeployment(TIMEOUT_MS)).rejects.toThrow('X: ?t=[redacted]');
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
    const nobody = connectApi(backendUrl);

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
