import { request as httpRequest } from 'node:http';
import { LocalPlatform } from '../support/LocalPlatform';
import { runTaskHere } from '../support/run-task-here';

let on: LocalPlatform;
beforeAll(async () => {
  on = await LocalPlatform.start({ LOCK_USERS_MAX_USERS: '50' }, { runtime: { run: runTaskHere } });
  on.platform.backend.seed({ users: 5 });
});
afterAll(() => on.platform.close());

/** Nothing was ordered, nobody was locked, and no run was recorded. */
async function expectNothingChanged(): Promise<void> {
  await on.platform.runtime.idle();
  expect(on.log.filter((line) => line.startsWith('Scheduled'))).toEqual([]);
  expect(on.platform.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
  expect(await on.runs()).toEqual([]);
}

const secret = (): string => on.platform.note.webSecret;

test.each<[string, () => string | undefined]>([
  ['no Authorization', () => undefined],
  ['an empty Authorization', () => ''],
  ['the secret without a scheme', () => secret()],
  ['the scheme "Token"', () => `Token ${secret()}`],
  ['Basic', () => `Basic ${Buffer.from(`user:${secret()}`).toString('base64')}`],
  ['a secret that lacks its last letter', () => `Bearer ${secret().slice(0, -1)}`],
  ['a secret with a letter more', () => `Bearer ${secret()}0`],
  ['a secret in upper case', () => `Bearer ${secret().toUpperCase().replace(/[0-9]/g, 'A')}`],
  ['two secrets', () => `Bearer ${secret()} ${secret()}`],
  ['the token of the backend', () => `Bearer ${on.platform.backend.token}`],
  ['the control token of the commands', () => `Bearer ${on.platform.note.controlToken}`],
  ['the word undefined', () => 'Bearer undefined']
])('with %s nobody gets in, and the answer gives no hint', async (_name, makeHeader) => {
  const header = makeHeader();
  const { runtimeOrigin } = on.platform.note;

  const response = await fetch(`${runtimeOrigin}/lock_users`, {
    method: 'POST',
    body: '{}',
    ...(header !== undefined && { headers: { Authorization: header } })
  });

  expect([response.status, await response.text()]).toEqual([401, 'Unauthorized']);
  await expectNothingChanged();
});

test.each<[string, string, string]>([
  ['no body', '', 'The body is not valid JSON.'],
  ['half a body', '{"dryRun":', 'The body is not valid JSON.'],
  ['a list', '[]', 'The body is not a JSON object.'],
  ['null', 'null', 'The body is not a JSON object.'],
  ['text', '"everybody"', 'The body is not a JSON object.'],
  ['a form', 'dryRun=true', 'The body is not valid JSON.'],
  ['a mistyped parameter', '{"dry_run":true}', 'Unknown parameter "dry_run". Did you mean "dryRun"?'],
  ['wipe', '{"wipe":true}', 'This task never wipes'],
  ['a mistyped " wipe"', '{" wipe":false}', 'Unknown parameter " wipe".'],
  ['the key __proto__', '{"__proto__":{"dryRun":false}}', 'Unknown parameter "__proto__".'],
  ['the key constructor', '{"constructor":{"prototype":{}}}', 'Unknown parameter "constructor".'],
  ['an own run id', '{"runId":"mine"}', '"runId" is set by the task itself.'],
  ['an own continuation', '{"continuation":{"invocation":2}}', '"continuation" is set by the task itself.'],
  ['the payload of a webhook', '{"object":{"id":"x","type":"lock_run"}}', 'Unknown parameter "object".'],
  ['another action', '{"action":"wipe"}', '"action" must be "lock"'],
  ['a limit above the deployment’s', '{"maxUsers":51}', 'LOCK_USERS_MAX_USERS allows 50'],
  ['a value in the text of where', "{\"where\":[\"name = 'x' or '1' = '1'\"]}", 'values come after it'],
  ['a statement behind where', '{"where":["name = ?; delete user","x"]}', 'values come after it'],
  ['a bracket that closes the query', '{"where":["name = ?) or (name != ?","x","y"]}', 'values come after it'],
  ['more values than marks', '{"where":["name = ?","x","y"]}', '"where" has 1 "?"'],
  ['an object as a value', '{"where":["name = ?",{"$ne":null}]}', '"where"'],
  ['where as text', '{"where":"name = x"}', '"where" must be an array'],
  ['no user', '{"userIds":[]}', '"userIds" is empty.'],
  ['a path as a user id', '{"userIds":["../users"]}', '"userIds"'],
  ['a batch that is too large', '{"batchSize":1001}', '"batchSize" must be a whole number from 1 to 1000'],
  ['a reason of a page', JSON.stringify({ reason: 'x'.repeat(501) }), '"reason" must be text of 1 to 500 characters']
])('%s is answered with 400 and the mistake', async (_name, body, sentence) => {
  const response = await on.web(body);

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: 'INVALID_PARAMETERS',
    message: expect.stringContaining(sentence)
  });
  await expectNothingChanged();
});

test.each<[string, string, Record<string, string>, string, string, number]>([
  ['parameters in the address', '{}', {}, '/lock_users?dryRun=true', 'POST', 400],
  ['a key with a space', '{}', { 'Idempotency-Key': 'a b' }, '/lock_users', 'POST', 400],
  ['a key that is too long', '{}', { 'Idempotency-Key': 'k'.repeat(201) }, '/lock_users', 'POST', 400],
  ['GET', '', {}, '/lock_users', 'GET', 405],
  ['PUT', '{}', {}, '/lock_users', 'PUT', 405],
  ['DELETE', '{}', {}, '/lock_users', 'DELETE', 405],
  ['another path below', '{}', {}, '/lock_users/run', 'POST', 404],
  ['another task', '{}', {}, '/run', 'POST', 404],
  ['a path that climbs', '{}', {}, '/..%2flock_users', 'POST', 404],
  ['no task', '{}', {}, '/', 'POST', 404],
  ['more than 5 MB', JSON.stringify({ reason: 'x'.repeat(5 * 1024 * 1024) }), {}, '/lock_users', 'POST', 413]
])('%s has its own status and changes nothing', async (_name, body, headers, path, method, status) => {
  const response = await on.web(body, headers, path, method);

  expect(response.status).toBe(status);
  await expectNothingChanged();
});

test('a web page cannot reach the runtime under a name of its own, and nobody without the token triggers a task', async () => {
  const { runtimeOrigin } = on.platform.note;
  const status = await new Promise((resolve) => {
    const headers = { Host: 'evil.example', Authorization: `Bearer ${secret()}` };
    httpRequest(`${runtimeOrigin}/lock_users`, { method: 'POST', headers }, ({ statusCode }) =>
      resolve(statusCode)
    ).end('{}');
  });
  const control = await fetch(`${runtimeOrigin}/_local/trigger`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret()}` },
    body: '{"kind":"test","task":"lock_users"}'
  });

  expect([status, control.status]).toEqual([403, 401]);
  await expectNothingChanged();
});

test.each<[string, string]>([
  ['is not set', ''],
  ['has 31 characters', 'x'.repeat(31)]
])('where LOCK_USERS_WEB_SECRET %s nobody gets in', async (_name, value) => {
  const other = await LocalPlatform.start({ LOCK_USERS_WEB_SECRET: value });
  try {
    for (const header of [`Bearer ${value}`, `Bearer ${other.platform.note.webSecret}`, 'Bearer']) {
      const response = await other.web('{}', { Authorization: header });
      expect([response.status, await response.text()]).toEqual([401, 'Unauthorized']);
    }
    await other.platform.runtime.idle();
    expect(await other.runs()).toEqual([]);
  } finally {
    await other.platform.close();
  }
});
