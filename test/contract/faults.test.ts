import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import type { Answer } from '../support/call-backend';

let backend: RunningBackend;
let ids: readonly string[];
beforeEach(async () => {
  backend = await startBackend({ switches: { repeatLock: 'success', echo: 'ids' } });
  ids = backend.seed({ users: 4 }).userIds;
});
afterEach(() => backend.close());

async function putFaults(...faults: object[]): Promise<void> {
  const answer = await fetch(`${backend.origin}/_local/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ seed: 3, faults })
  });
  expect([answer.status, await answer.json()]).toEqual([200, { faults: faults.length }]);
}

function lock(userIds: readonly string[] = ids): Promise<Answer> {
  const operations = userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }));
  return callBackend(backend, 'POST', 'batch.json', { operations });
}

const lockedUsers = (): number => backend.state().lockedUsers;

test.each<[object, number, string, RegExp, number]>([
  [{ status: 429 }, 429, 'application/json', /TOO_MANY_REQUESTS/, 0],
  [{ status: 503, body: 'html' }, 503, 'text/html', /<html>/, 0],
  [{ status: 502, body: 'empty' }, 502, '', /^$/, 0],
  [{ status: 504, body: 'empty', applied: true }, 504, '', /^$/, 4],
  [{ status: 500 }, 500, 'application/json', /INTERNAL_SERVER_ERROR/, 0]
])('the status fault %j is answered so, and carried out only where it says so', async (fault, ...expected) => {
  await putFaults({ kind: 'status', route: 'POST batch.json', ...fault });

  const response = await fetch(`${backend.url}/batch.json`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ operations: ids.map((id) => ({ method: 'users/lock', user_id: id, wipe: false })) })
  });
  const [status, type, body, locked] = expected;

  expect(response.status).toBe(status);
  expect(response.headers.get('content-type') ?? '').toContain(type);
  expect(await response.text()).toMatch(body);
  expect(lockedUsers()).toBe(locked);
});

test('Retry-After comes in seconds, in fractions of them, or as a date', async () => {
  await putFaults(
    { kind: 'status', status: 429, retryAfter: 2, at: [1] },
    { kind: 'status', status: 429, retryAfter: 0.25, at: [2] },
    { kind: 'status', status: 429, retryAfter: 5, retryAfterAs: 'date', at: [3] }
  );
  const headers: (string | null)[] = [];
  let answeredAt: string | null = null;
  for (let n = 0; n < 3; n++) {
    const response = await fetch(`${backend.url}/info.json`, { headers: { Authorization: `Basic nobody` } });
    headers.push(response.headers.get('retry-after'));
    answeredAt = response.headers.get('date');
  }

  expect(headers.slice(0, 2)).toEqual(['2', '0.25']);
  expect(Date.parse(headers[2] ?? '') - Date.parse(answeredAt ?? '')).toBeGreaterThanOrEqual(5000);
});

test.each([
  [true, 4],
  [false, 0]
])('a connection that is dropped (applied: %j) leaves %i users locked', async (applied, locked) => {
  await putFaults({ kind: 'drop', applied });

  await expect(lock()).rejects.toThrow('fetch failed');
  expect(lockedUsers()).toBe(locked);
});

test('a delayed request is carried out although its client has gone', async () => {
  await putFaults({ kind: 'delay', ms: 50 });
  const onAnswer = jest.fn();
  const headers = { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' };
  const request = httpRequest(`${backend.url}/batch.json`, { method: 'POST', headers }, onAnswer);
  const operations = [{ method: 'users/lock', user_id: ids[0], wipe: false }];
  // The client goes as soon as all of its request is on its way.
  request.end(JSON.stringify({ operations }), () => request.destroy());
  await expect(once(request, 'close')).rejects.toThrow('socket hang up');

  // On a busy machine the request may come after others that left later.
  for (let count = 0; count < 100 && lockedUsers() === 0; count++) await callBackend(backend, 'GET', 'info.json');

  expect(onAnswer).not.toHaveBeenCalled();
  expect(lockedUsers()).toBe(1);
});

test('truncated JSON and 200 without JSON come after the batch was carried out', async () => {
  await putFaults({ kind: 'truncate', at: [1] }, { kind: 'no-json', at: [2] });

  await expect(lock([ids[0] ?? ''])).rejects.toThrow(SyntaxError);
  expect(await lock([ids[1] ?? ''])).toMatchObject({ status: 200, text: '<html>OK</html>' });
  expect(lockedUsers()).toBe(2);
});

test('results come short or in reverse order', async () => {
  await putFaults({ kind: 'short', at: [1] }, { kind: 'reorder', at: [2] });

  expect((await lock()).json['operations']).toHaveLength(3);
  const { operations } = (await lock()).json as { operations: { user_id: string }[] };
  expect(operations.map((result) => result.user_id)).toEqual([...ids].reverse());
});

test('a share of the operations fails and is not carried out, the same ones for the same seed', async () => {
  const many = backend.seed({ users: 40, seed: 2 }).userIds;
  const results: unknown[][] = [];
  for (let round = 0; round < 2; round++) {
    await putFaults({ kind: 'fail-operations', operations: 0.5 });
    const { operations } = (await lock(many)).json as { operations: { success: boolean }[] };
    results.push(operations.map(({ success }) => success));
  }

  expect(results[0]).toContain(false);
  expect(results[0]).toContain(true);
  expect(results[0]).toEqual(results[1]);
});

test('an operation that poisons its batch has it refused as a whole', async () => {
  await putFaults({ kind: 'poison', userIds: [ids[2]], status: 422 });

  expect((await lock()).status).toBe(422);
  expect(lockedUsers()).toBe(0);
  expect((await lock([ids[0] ?? ''])).status).toBe(200);
});

test('a fault for locks leaves batches alone that save objects', async () => {
  await putFaults({ kind: 'status', status: 503, route: 'POST batch.json', locks: true, at: [1] });
  const operations = [{ method: 'put', object: { type: 'depot', id: ids[0], name: 'North' } }];

  expect((await callBackend(backend, 'POST', 'batch.json', { operations })).status).toBe(200);
  expect((await lock()).status).toBe(503);
  expect((await lock()).status).toBe(200);
});

test('a share hits about as many requests as it says', async () => {
  backend.setLimits({ burst: 5000 });
  await putFaults({ kind: 'status', status: 500, share: 0.3 });
  const answers = await Promise.all(Array.from({ length: 200 }, () => callBackend(backend, 'GET', 'info.json')));

  const hit = answers.filter(({ status }) => status === 500).length;
  expect(hit).toBeGreaterThan(30);
  expect(hit).toBeLessThan(90);
});

test.each<[object, string]>([
  [{}, "The script must have required property 'faults'."],
  [{ faults: [], sed: 1 }, 'The script must NOT have additional properties "sed".'],
  [{ faults: [{ kind: 'flood' }] }, 'Fault 1 has the kind "flood". The kinds are status, delay, drop,'],
  [{ faults: [{ kind: 'toString' }] }, 'Fault 1 has the kind "toString".'],
  [{ faults: [{ kind: 'drop' }] }, "Fault 1 must have required property 'applied'."],
  [{ faults: [{ kind: 'delay', ms: 1, share: 2 }] }, 'Fault 1.share must be <= 1.'],
  [{ faults: [{ kind: 'delay', ms: 1, retryAfter: 2 }] }, 'Fault 1 must NOT have additional properties "retryAfter".']
])('the script %j is refused with the reason', async (script, reason) => {
  const answer = await fetch(`${backend.origin}/_local/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(script)
  });

  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error).toContain(reason);
});
