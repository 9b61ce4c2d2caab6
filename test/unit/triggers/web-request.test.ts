import { handleWebRequest } from '../../../cloudcode/lock_users/src/triggers/handle-web-request';
import type { WebResponse, WebPorts } from '../../../cloudcode/lock_users/src/triggers/handle-web-request';
import { carriesSecret } from '../../../cloudcode/lock_users/src/platform/check-web-secret';
import { formatTime } from '../../../cloudcode/lock_users/src/platform/format-time';
import { hashToUuid } from '../../../cloudcode/lock_users/src/records/hash-to-uuid';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { Settings } from '../../../cloudcode/lock_users/src/input/settings';
import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform([]);
});

function request(body: string | undefined, key?: string, settings: Partial<Settings> = {}): Promise<WebResponse> {
  const ports: WebPorts = {
    ...platform.ports(),
    readSettings: () => ({ ...SETTINGS, ...settings }),
    hashToUuid,
    formatTime
  };
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

test('a status changes nobody on any deployment, and the answer says so', async () => {
  expect(await request('{"action":"status"}')).toMatchObject({ status: 202, body: { dryRun: true } });
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

describe('a key that was used on an earlier day with the same parameters', () => {
  const BODY = '{"reason":"r"}';
  const DAY_MS = 86_400_000;
  beforeEach(() => {
    platform = new FakePlatform(userIds(2));
  });

  async function requestAndRun(): Promise<string> {
    const { body } = await request(BODY, 'key-1');
    await runOnFake(platform, platform.scheduled.pop()?.parameters);
    platform.clock.now += DAY_MS;
    return String(body['runId']);
  }

  test('is answered with that run, and nothing is scheduled', async () => {
    const startedAt = new Date(platform.clock.now).toISOString();
    const runId = await requestAndRun();

    expect(await request(BODY, 'key-1')).toEqual({
      status: 200,
      body: {
        runId,
        status: 'done',
        startedAt,
        finishedAt: startedAt,
        message: expect.stringContaining('Nothing was scheduled: this is that run.')
      }
    });
    expect(platform.scheduled).toEqual([]);
  });

  test('is a run of its own with other parameters, and without a key', async () => {
    await requestAndRun();

    expect(await request('{"reason":"other"}', 'key-1')).toMatchObject({ status: 202 });
    expect(await request(BODY)).toMatchObject({ status: 202 });
    expect(platform.scheduled).toHaveLength(2);
  });

  test('says where that run was undone', async () => {
    const runId = await requestAndRun();
    for (const run of platform.records?.runs.values() ?? []) Object.assign(run, { undoneBy: 'run-9\n' });

    expect((await request(BODY, 'key-1')).body).toMatchObject({ runId, undoneBy: 'run-9\\n' });
  });

  test.each<[string, object, number]>([
    ['is under way', { status: 'running', leaseExpiresAtMs: 1_000_000 + DAY_MS + 100_000, finishedAtMs: null }, 200],
    [
      'waits for its next invocation',
      { status: 'continues', leaseExpiresAtMs: 1_000_000 + DAY_MS + 100_000, finishedAtMs: null },
      200
    ],
    ['was killed', { status: 'running', leaseExpiresAtMs: 5, finishedAtMs: null }, 202],
    ['was interrupted', { status: 'interrupted', leaseExpiresAtMs: null, finishedAtMs: null }, 202],
    ['has ended, and says otherwise by a save that came late', { status: 'running', leaseExpiresAtMs: 5 }, 200],
    ['has a start that is no time', { status: 'done', startedAtMs: NaN }, 200]
  ])('of a run that %s: %j, %i', async (_name, changes, status) => {
    const runId = await requestAndRun();
    for (const run of platform.records?.runs.values() ?? []) Object.assign(run, changes);

    expect(await request(BODY, 'key-1')).toMatchObject({ status, body: { runId } });
    expect(platform.scheduled).toHaveLength(status === 202 ? 1 : 0);
  });

  test.each([
    [JSON.stringify({ status: 'done', invocation: 1 }), 'done'],
    [null, 'unknown']
  ])(
    'of a run that has ended, and says otherwise by a save that came late, says how it ended: %p',
    async (report, status) => {
      await requestAndRun();
      for (const run of platform.records?.runs.values() ?? []) {
        Object.assign(run, { status: 'running', leaseExpiresAtMs: 5, report });
      }

      expect((await request(BODY, 'key-1')).body).toMatchObject({ status });
    }
  );

  test('is scheduled again where the records cannot be read, or are not kept', async () => {
    const runId = await requestAndRun();
    const { records } = platform;
    platform.records = undefined;
    expect(await request(BODY, 'key-1')).toMatchObject({ status: 202, body: { runId } });

    platform.records = Object.assign(records ?? new MemoryRecordStore(), {
      findRuns: () => Promise.reject(new Error('no'))
    });
    expect(await request(BODY, 'key-1')).toMatchObject({ status: 202, body: { runId } });
  });
});

test('what cannot be ordered or is not set up is 503, and says what to do', async () => {
  platform.hasQueue = false;
  expect(await request('{}')).toMatchObject({ status: 503, body: { code: 'NOT_QUEUED' } });
  expect((await request('{}')).body['message']).toContain('this runtime has no queue');

  const ports: WebPorts = {
    ...platform.ports(),
    readSettings: () => {
      throw new LockUsersError({ code: 'INVALID_SETTINGS', message: 'No address.', nextStep: 'Set it.' });
    },
    hashToUuid,
    formatTime
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
