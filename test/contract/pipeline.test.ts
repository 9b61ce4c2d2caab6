import type { Emulator } from '../../tasks/local/backend/Emulator';
import type { ApiResponse } from '../../tasks/local/backend/http/ApiResponse';
import { createEmulator } from '../../tasks/local/backend/start-backend';

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

let emulator: Emulator;
beforeEach(() => {
  emulator = createEmulator({ backendId: BACKEND_ID });
});

function send(path: string, method = 'GET', authorization = `Bearer ${emulator.token}`): ApiResponse {
  const url = new URL(`http://localhost/api/v4/${BACKEND_ID}/${path}`);
  const exchange = emulator.begin({ method, url, authorization, contentType: undefined, body: '' });
  const response = exchange.complete();
  exchange.end();
  return response;
}

test('the limit comes before the faults: a request that it turns away takes no position of a fault', () => {
  emulator.setLimits({ rate: 0, burst: 1 });
  emulator.setFaults({ faults: [{ kind: 'status', status: 503, at: [2] }] });
  expect([send('info.json').status, send('info.json').status]).toEqual([200, 429]);

  emulator.setLimits({ enforced: false });
  expect([send('info.json').status, send('info.json').status]).toEqual([503, 200]);
});

test('a fault comes before the credentials, and the credentials before the route', () => {
  emulator.setFaults({ faults: [{ kind: 'status', status: 503, at: [1] }] });

  const statuses = [1, 2].map(() => send('nothing', 'GET', 'Bearer wrong').status);

  expect([...statuses, send('nothing').status]).toEqual([503, 401, 404]);
});

test('the log comes first: it holds what every later step answered', () => {
  emulator.setFaults({ faults: [{ kind: 'drop', applied: true, at: [4] }] });
  emulator.setLimits({ rate: 0, burst: 4 });

  send('info.json');
  send('info.json', 'GET', 'Bearer wrong');
  send('nothing');
  send('users');
  send('users');

  expect(emulator.requests().map(({ status }) => status)).toEqual([200, 401, 404, 0, 429]);
});

test('the rules of clients come before the limit: a request that is turned away may break them, too', () => {
  emulator.setLimits({ rate: 0, burst: 1, concurrency: 1 });
  const url = new URL(`http://localhost/api/v4/${BACKEND_ID}/users/x/lock`);
  const raw = { method: 'POST', url, authorization: `Bearer ${emulator.token}`, contentType: undefined, body: '' };

  emulator.begin(raw);
  expect(emulator.begin(raw).complete().status).toBe(429);

  expect(emulator.violations().map(({ kind }) => kind)).toEqual(['too many in flight']);
});

test.each(['info.json/', '/info.json', '%69nfo.json'])('the path "%s" has the route of info.json', (path) => {
  expect(send(path).status).toBe(200);
});

test.each([
  ['GET', 'objects/user/query.json', 'OBJECT_NOT_FOUND'],
  ['GET', 'objects/user/x', 'ROUTE_ERROR'],
  ['GET', 'objects/user/x.json/y', 'ROUTE_ERROR'],
  ['POST', 'objects/user/x.json', 'ROUTE_ERROR'],
  ['POST', 'users/x/sessions/y/lock', 'ROUTE_ERROR'],
  ['GET', 'users/x/sessions', 'ROUTE_ERROR']
])('%s %s is answered with %s', (method, path, type) => {
  expect(send(path, method)).toMatchObject({ status: 404, json: { type } });
});
