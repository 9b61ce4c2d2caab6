import type { SingleResponse } from '../../cloudcode/lock_users/src/ports';
import type { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { connectApi, TIMEOUT_MS, TOKEN } from '../support/connect-api';
import { StubBackend } from '../support/StubBackend';
import type { StubAnswer } from '../support/StubBackend';
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

const unlock = (): Promise<SingleResponse> => api.unlockUser(userId(1), TIMEOUT_MS);
const reauthenticate = (): Promise<SingleResponse> => api.reauthenticateSession(userId(1), 's/1', TIMEOUT_MS);

test.each([
  ['an unlock', `POST users/${userId(1)}/unlock`, unlock],
  ['a re-authentication', `POST users/${userId(1)}/sessions/s%2F1/re-authenticate`, reauthenticate]
])('%s is a POST without a body', async (_name, name, request) => {
  stub.answer = () => ({ body: '' });

  await request();

  expect(stub.requests).toMatchObject([{ name, body: '', headers: { authorization: `Bearer ${TOKEN}` } }]);
  expect(stub.requests[0]?.headers['content-type']).toBeUndefined();
});

test.each<[string, StubAnswer]>([
  ['204', { status: 204, body: '' }],
  ['200 without a body', { body: '' }],
  ['200 with the user', { body: '{"id":"x","locked":false}' }],
  ['200 with text', { body: 'OK' }]
])('%s is a success of a request about one user', async (_name, answer) => {
  stub.answer = () => answer;

  await expect(unlock()).resolves.toBe('done');
  await expect(reauthenticate()).resolves.toBe('done');
});

test.each<[string, StubAnswer]>([
  ['an error object', { body: '{"type":"INTERNAL_SERVER_ERROR","detail":"no"}' }],
  ['success: false', { body: '{"success":false}' }],
  ['an error inside', { body: '{"success":true,"error":{"type":"X"}}' }],
  ['a page of HTML', { body: ' <html>maintenance</html>' }]
])('200 with %s is no clear success of a request about one user', async (_name, answer) => {
  stub.answer = () => answer;

  await expect(unlock()).resolves.toBe('unclear');
  await expect(reauthenticate()).resolves.toBe('unclear');
});

test('a single user is read, and who is not there is told apart from a route that is not there', async () => {
  stub.answer = () => ({ body: JSON.stringify({ id: userId(1), locked: true, enrolled: false, sessions: [] }) });
  await expect(api.readUserState(userId(1), TIMEOUT_MS)).resolves.toMatchObject({ userId: userId(1), locked: true });
  stub.answer = () => ({ status: 404, body: '{"type":"OBJECT_NOT_FOUND"}' });
  await expect(api.readUserState(userId(1), TIMEOUT_MS)).resolves.toBeUndefined();
  stub.answer = () => ({ status: 404, body: '{"type":"ROUTE_ERROR"}' });
  await expect(api.readUserState(userId(1), TIMEOUT_MS)).rejects.toMatchObject({ code: 'BACKEND_REJECTED' });
  stub.answer = () => ({ body: JSON.stringify({ id: userId(2), locked: true }) });
  await expect(api.readUserState(userId(1), TIMEOUT_MS)).rejects.toMatchObject({ code: 'BACKEND_PROTOCOL' });
});

test.each<[string, StubAnswer, string]>([
  ['a user who is not there', { status: 404, body: '{"type":"OBJECT_NOT_FOUND"}' }, 'BACKEND_REJECTED'],
  ['a wrong address', { status: 404, body: '{"type":"ROUTE_ERROR"}' }, 'WRONG_ADDRESS'],
  ['an unknown deployment', { status: 404, body: '{"type":"ACCOUNT_NOT_FOUND"}' }, 'UNKNOWN_DEPLOYMENT'],
  ['a refusal', { status: 422, body: '{"type":"INVALID_OPERATION"}' }, 'BACKEND_REJECTED'],
  ['a wrong token', { status: 401, body: 'HTTP Basic: Access denied.' }, 'BACKEND_UNAUTHORIZED'],
  ['a gateway page', { status: 502, body: '<html></html>' }, 'BACKEND_UNAVAILABLE'],
  ['a dropped connection', (response) => response.destroy(), 'BACKEND_UNREACHABLE']
])('%s in a request about one user is a clear error', async (_name, answer, code) => {
  stub.answer = () => answer;

  await expect(unlock()).rejects.toMatchObject({ code });
  await expect(reauthenticate()).rejects.toMatchObject({ code });
});
