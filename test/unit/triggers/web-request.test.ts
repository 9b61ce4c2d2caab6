import { handleWebRequest } from '../../../cloudcode/lock_users/src/triggers/handle-web-request';
import type { WebResponse, WebPorts } from '../../../cloudcode/lock_users/src/triggers/handle-web-request';
import { carriesSecret } from '../../../cloudcode/lock_users/src/platform/check-web-secret';
import { hashToUuid } from '../../../cloudcode/lock_users/src/platform/hash-to-uuid';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { Settings } from '../../../cloudcode/lock_users/src/input/settings';
import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { FakePlatform } from '../../support/fake-ports';
import { SETTINGS } from '../../support/run-on-fake';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform([]);
});

function request(body: string | undefined, key?: string, settings: Partial<Settings> = {}): Promise<WebResponse> {
  const ports: WebPorts = { ...platform.ports(), readSettings: () => ({ ...SETTINGS, ...settings }), hashToUuid };
  return handleWebRequest({ url: '/lock_users', body, idempotencyKey: key }, ports);
}

test('a request orders a run and is answered with its id', async () => {
  expect(await request('{"reason":"r"}')).toEqual({
    status: 202,
    body: { runId: 'run-1', status: 'queued', dryRun: false }
  });
  expect(platform.scheduled).toEqual([
    { parameters: { requestedBy: 'web request', reason: 'r', runId: 'run-1' }, afterMs: 0 }
  ]);
});

test('a byte order mark before the body is tolerated', async () => {
  expect(await request('\uFEFF{"reason":"r"}')).toMatchObject({ status: 202 });
});

test('the answer says where a run will only plan', async () => {
  expect(await request('{}', undefined, { armed: false })).toMatchObject({ status: 202, body: { dryRun: true } });
  expect(await request('{"dryRun":false}', undefined, { armed: false })).toMatchObject({
    status: 409,
    body: { code: 'NOT_ARMED' }
  });
  expect(platform.scheduled).toHaveLength(1);
});

test('a repeated request with the same key is about the same run, and another request is not', async () => {
  const ids = [];
  for (const [body, key] of [
    ['{"reason":"r","maxUsers":5}', 'key-1'],
    ['{ "maxUsers": 5, "reason": "r" }', 'key-1'],
    ['{"reason":"r","maxUsers":5}', 'key-2'],
    ['{"reason":"r","maxUsers":6}', 'key-1']
  ] as const) {
    ids.push((await request(body, key)).body['runId']);
  }

  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(3);
});

test('what cannot be ordered or is not set up is 503, and says what to do', async () => {
  platform.hasQueue = false;
  expect(await request('{}')).toMatchObject({ status: 503, body: { message: expect.stringContaining('no queue') } });

  const ports: WebPorts = {
    ...platform.ports(),
    readSettings: () => {
      throw new LockUsersError({ code: 'INVALID_SETTINGS', message: 'No address.', nextStep: 'Set it.' });
    },
    hashToUuid
  };
  expect(await handleWebRequest({ url: '/', body: '{}', idempotencyKey: undefined }, ports)).toMatchObject({
    status: 503,
    body: { code: 'INVALID_SETTINGS' }
  });
});

const SECRET = 'x'.repeat(31) + 'y';

test.each<[string, unknown, boolean]>([
  ['the secret as Bearer', `Bearer ${SECRET}`, true],
  ['the scheme in another case', `bearer ${SECRET}`, true],
  ['no header', undefined, false],
  ['an empty header', '', false],
  ['the secret alone', SECRET, false],
  ['another scheme', `Token ${SECRET}`, false],
  ['Basic', `Basic ${Buffer.from(`:${SECRET}`).toString('base64')}`, false],
  ['one letter changed', `Bearer ${'x'.repeat(32)}`, false],
  ['one letter less', `Bearer ${SECRET.slice(0, -1)}`, false],
  ['one letter more', `Bearer ${SECRET}y`, false],
  ['another case', `Bearer ${SECRET.toUpperCase()}`, false],
  ['a space behind', `Bearer ${SECRET} `, false],
  ['two spaces', `Bearer  ${SECRET}`, false],
  ['a comma and a second one', `Bearer ${SECRET}, Bearer ${SECRET}`, false],
  ['no secret after the scheme', 'Bearer ', false],
  ['a list of headers', [`Bearer ${SECRET}`], false]
])('with %s: %#', (_name, header, isLetIn) => {
  expect(carriesSecret(header, new Secret(SECRET))).toBe(isLetIn);
  // Without a secret nobody gets in, whatever they send.
  expect(carriesSecret(header, undefined)).toBe(false);
});
