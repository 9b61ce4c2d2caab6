import { classifyResponse, stopsRun } from '../../../cloudcode/lock_users/src/requests/classify-response';

test.each<[number, unknown, string, boolean]>([
  [401, undefined, 'BACKEND_UNAUTHORIZED', true],
  [403, { type: 'FORBIDDEN' }, 'BACKEND_UNAUTHORIZED', true],
  [404, { type: 'ACCOUNT_NOT_FOUND', detail: 'No.' }, 'UNKNOWN_DEPLOYMENT', true],
  [404, { type: 'ROUTE_ERROR' }, 'WRONG_ADDRESS', true],
  [404, undefined, 'WRONG_ADDRESS', true],
  [301, undefined, 'WRONG_ADDRESS', true],
  [429, { type: 'TOO_MANY_REQUESTS' }, 'BACKEND_RATE_LIMITED', false],
  [500, { type: 'INTERNAL_SERVER_ERROR' }, 'BACKEND_UNAVAILABLE', false],
  [502, undefined, 'BACKEND_UNAVAILABLE', false],
  [599, undefined, 'BACKEND_UNAVAILABLE', false],
  [400, { type: 'INVALID_API_REQUEST' }, 'BACKEND_REJECTED', false],
  [413, undefined, 'BACKEND_REJECTED', false]
])('%i with %j is %s, and that it stops the run is %j', (status, body, code, stops) => {
  const error = classifyResponse('GET users', status, body);

  expect(error.code).toBe(code);
  expect(stopsRun(error.code)).toBe(stops);
});

test.each<[string, 'users' | 'user' | 'deployment', string]>([
  ['ROUTE_ERROR', 'users', 'NO_USERS_API'],
  ['ROUTE_ERROR', 'user', 'WRONG_ADDRESS'],
  ['ROUTE_ERROR', 'deployment', 'WRONG_ADDRESS'],
  ['ACCOUNT_NOT_FOUND', 'users', 'UNKNOWN_DEPLOYMENT'],
  ['OBJECT_NOT_FOUND', 'users', 'WRONG_ADDRESS']
])('404 %s to a request about the %s is %s, which stops the run', (type, about, code) => {
  const error = classifyResponse('GET users', 404, { type }, undefined, about);

  expect(error.code).toBe(code);
  expect(stopsRun(error.code)).toBe(true);
});

test('the error names the request, the status, the type and the detail', () => {
  const error = classifyResponse('POST batch.json', 400, { type: 'INVALID_API_REQUEST', detail: 'Too many.' });

  expect(error.details).toMatchObject({
    message: 'POST batch.json was answered with status 400, INVALID_API_REQUEST: Too many.',
    platformType: 'INVALID_API_REQUEST'
  });
});

test('an answer without a type is named by its status', () => {
  expect(classifyResponse('GET users', 502, undefined).details).toMatchObject({
    message: 'GET users was answered with status 502.',
    platformType: 'HTTP_502'
  });
});

test('403 has a sentence of its own: the token is known, so rights or a quota are missing', () => {
  const { nextStep } = classifyResponse('GET users', 403, { type: 'FORBIDDEN' }).details;

  expect(nextStep).toMatch(/rights.*quota/);
  expect(nextStep).not.toContain('JOURNEY_API_TOKEN');
  expect(classifyResponse('GET users', 401, undefined).details.nextStep).toContain('JOURNEY_API_TOKEN');
});
