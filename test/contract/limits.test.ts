import type { Switches } from '../../tasks/local/backend/control/Switches';
import { createEmulator, startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import type { Emulator } from '../../tasks/local/backend/Emulator';
import type { Exchange } from '../../tasks/local/backend/http/Exchange';
import { callBackend } from '../support/call-backend';

// Source: "API limits" of the vendor's documentation, and its announcement of the rate limits: one bucket for all clients, and a second's
// wait after a 429. The numbers 20 and 1200 were quoted by its staff. The rules for clients are this project's own.

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

let now: number;
let emulator: Emulator;
beforeEach(() => {
  now = 1_000_000;
  emulator = createEmulator({ backendId: BACKEND_ID, nowMs: () => now });
});

function begin(scheme = 'Bearer', path = 'info.json', body?: object): Exchange {
  return emulator.begin({
    method: body === undefined ? 'GET' : 'POST',
    url: new URL(`http://localhost/api/v4/${BACKEND_ID}/${path}`),
    authorization: `${scheme} ${emulator.token}`,
    contentType: 'application/json',
    body: body === undefined ? '' : JSON.stringify(body)
  });
}

function get(scheme?: string): number {
  return begin(scheme).complete().status;
}

function lockOperations(count: number): { operations: object[] } {
  return { operations: Array.from({ length: count }, () => ({ method: 'users/lock', user_id: 'x', wipe: false })) };
}

test('a rested backend takes 1200 requests at once, then 20 a second, whoever makes them', () => {
  const statuses = Array.from({ length: 1201 }, (_, n) => get(n % 2 === 0 ? 'Bearer' : 'Token'));
  expect(statuses.filter((status) => status === 429)).toEqual([429]);

  now += 1000;
  expect(Array.from({ length: 21 }, () => get()).filter((status) => status === 200)).toHaveLength(20);

  now += 3_600_000;
  expect(Array.from({ length: 1300 }, () => get()).filter((status) => status === 200)).toHaveLength(1200);
});

test('limits can be set and switched off', () => {
  emulator.setLimits({ rate: 1, burst: 2 });
  expect([get(), get(), get()]).toEqual([200, 200, 429]);

  emulator.setLimits({ enforced: false });
  expect([get(), get(), get()]).toEqual([200, 200, 200]);
});

test('a request before the wait after a 429 is over is a violation, one after it is not', () => {
  emulator.setFaults({ faults: [{ kind: 'status', status: 429, retryAfter: 3, at: [1] }] });
  get();
  now += 2500;
  get();
  expect(emulator.violations()).toEqual([
    { kind: 'too early', detail: 'GET info.json came 500 ms before the wait after a 429 was over.' }
  ]);

  now += 600;
  get();
  expect(emulator.violations()).toHaveLength(1);
});

test('without Retry-After the wait is a second', () => {
  emulator.setFaults({ faults: [{ kind: 'status', status: 429, at: [1] }] });
  get();
  now += 900;
  get();

  expect(emulator.violations()).toHaveLength(1);
});

test('what was on its way, another client, and the library behind DB are not bound by a 429', () => {
  emulator.setFaults({ faults: [{ kind: 'status', status: 429, at: [1, 4] }] });
  get();
  now += 50;
  get();
  now += 500;
  get('Basic');
  get('Token');
  get('Token');

  expect(emulator.violations()).toEqual([]);
});

test('a batch over 1000 and an operation without the literal wipe: false are violations', () => {
  begin('Bearer', 'batch.json', lockOperations(1001)).complete();
  begin('Bearer', 'batch.json', { operations: [{ method: 'users/lock', user_id: 'x', ' wipe': false }] }).complete();

  expect(emulator.violations().map(({ kind }) => kind)).toEqual(['too many operations', 'wipe']);
});

test('more batches in flight than announced are a violation, and one that has ended does not count', () => {
  emulator.setLimits({ concurrency: 2 });
  const [first] = [begin('Bearer', 'batch.json', lockOperations(1)), begin('Bearer', 'batch.json', lockOperations(1))];
  first.end();
  first.end();
  begin('Bearer', 'batch.json', lockOperations(1));
  expect(emulator.violations()).toEqual([]);

  begin('Bearer', 'batch.json', lockOperations(1));
  expect(emulator.violations().map(({ kind }) => kind)).toEqual(['too many in flight']);
});

test.each(['lock', 'unlock', 'sessions/s/wipe', 'sessions/s/re-authenticate'])(
  'a request for users/x/%s counts among those in flight, together with batches of locks',
  (action) => {
    emulator.setLimits({ concurrency: 2 });
    const first = begin('Bearer', `users/x/${action}`, {});
    begin('Bearer', 'batch.json', lockOperations(1));
    first.end();
    begin('Bearer', `users/x/${action}`, {});
    expect(emulator.violations()).toEqual([]);

    begin('Bearer', `users/y/${action}`, {});
    const detail = '3 requests that change users were in flight, and 2 were announced.';
    expect(emulator.violations()).toEqual([{ kind: 'too many in flight', detail }]);
  }
);

test('what reads users, what DB saves, and what devices ask does not count among the requests in flight', () => {
  emulator.setLimits({ concurrency: 1 });
  const body = { operations: [{ method: 'put', object: { type: 'user', id: 'x' } }] };
  begin('Bearer', 'users/x/unlock', {});
  begin('Token', 'batch.json', body);
  begin('Bearer', 'users/x');
  begin('Bearer', 'users/x/authentication-token', {});
  emulator
    .begin({
      method: 'POST',
      url: new URL('http://localhost/_device/enroll'),
      authorization: undefined,
      contentType: 'application/json',
      body: JSON.stringify({ user_id: 'x', device_id: 'y' })
    })
    .complete();

  expect(emulator.violations()).toEqual([]);
});

describe('over HTTP', () => {
  let backend: RunningBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  async function put(limits: object): Promise<[number, unknown]> {
    const answer = await fetch(`${backend.origin}/_local/limits`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(limits)
    });
    return [answer.status, await answer.json()];
  }

  test('limits are set, enforced, and violations are shown', async () => {
    expect(await put({ burst: 1, rate: 0, concurrency: 4 })).toEqual([
      200,
      { enforced: true, rate: 0, burst: 1, concurrency: 4 }
    ]);
    expect((await callBackend(backend, 'GET', 'info.json')).status).toBe(200);
    expect(
      await callBackend(backend, 'POST', 'batch.json', {
        operations: Array<object>(1001).fill({ method: 'users/lock', user_id: 'nobody', wipe: false })
      })
    ).toMatchObject({
      status: 429,
      json: { type: 'TOO_MANY_REQUESTS' }
    });

    const shown = await fetch(`${backend.origin}/_local/violations`);
    expect(await shown.json()).toEqual({
      violations: [{ kind: 'too many operations', detail: 'A batch had 1001 operations.' }]
    });
  });

  test.each<[object, string]>([
    [{ rat: 1 }, 'There is no limit "rat". The limits are enforced, rate, burst, concurrency.'],
    [{ rate: -1 }, '"rate" must be a number of at least 0.'],
    [{ burst: 0 }, '"burst" must be a number of at least 1.'],
    [{ enforced: 1 }, '"enforced" must be true or false.'],
    [{ concurrency: 1.5 }, '"concurrency" must be a whole number of at least 1, or null.']
  ])('the limits %j are refused', async (limits, error) => {
    expect(await put(limits)).toEqual([400, { error }]);
  });
});

// Source: no header is documented with a 429 ("API limits").
test.each<[Switches['retryAfterHeader'], string | undefined]>([
  ['absent', undefined],
  ['seconds', '4'],
  ['date', new Date(1_004_000).toUTCString()]
])('with retryAfterHeader=%s a 429 of the rate limit says %s, and the next request then is let in', (header, said) => {
  emulator = createEmulator({ backendId: BACKEND_ID, nowMs: () => now, switches: { retryAfterHeader: header } });
  emulator.setLimits({ rate: 0.25, burst: 1 });
  get();
  const { status, headers } = begin().complete();

  expect([status, headers?.['Retry-After']]).toEqual([429, said]);
  now += 5000;
  expect(get()).toBe(200);
  expect(emulator.violations()).toEqual([]);
});

test('who comes before Retry-After of a 429 of the rate limit is over breaks a rule', () => {
  emulator = createEmulator({ backendId: BACKEND_ID, nowMs: () => now, switches: { retryAfterHeader: 'seconds' } });
  emulator.setLimits({ rate: 0.25, burst: 1 });
  get();
  get();
  now += 3000;
  get();

  expect(emulator.violations()).toMatchObject([{ kind: 'too early' }]);
});
