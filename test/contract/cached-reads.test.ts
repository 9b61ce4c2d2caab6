import { startBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { EmulatorBench } from '../support/EmulatorBench';

test('reads are answered out of a cache with Age and the Date of then, for as long as it says', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'cache', ms: 10_000 });
  const { headers } = bench.call('GET users');
  bench.lock(...bench.ids);
  bench.nowMs += 9000;

  const cached = bench.call('GET users', undefined, { cacheControl: 'no-cache' });
  expect(cached.headers).toMatchObject({ Age: '9', Date: headers['Date'] });
  expect(cached.json['objects']).toMatchObject([{ locked: false }]);
  expect(bench.call('GET users?limit=7').headers).not.toHaveProperty('Age');

  bench.nowMs += 1000;
  const fresh = bench.call('GET users');
  expect(fresh.headers).not.toHaveProperty('Age');
  expect(fresh.json['objects']).toMatchObject([{ locked: true }]);
});

test('a cache that heeds no-cache asks anew where the request says so, and keeps that answer', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'cache', ms: 10_000, heedsNoCache: true });
  bench.call('GET users');
  bench.lock(...bench.ids);

  expect(bench.list('GET users')[0]?.locked).toBe(false);
  const asked = bench.call('GET users', undefined, { cacheControl: 'no-cache' });
  expect(asked.json['objects']).toMatchObject([{ locked: true }]);
  expect(bench.list('GET users')[0]?.locked).toBe(true);
});

test('a cache keeps no error and answers no request that changes something', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'cache', ms: 10_000 });

  expect(bench.call('GET users/none').status).toBe(404);
  expect(bench.call('GET users/none').headers).not.toHaveProperty('Age');
  bench.lock(...bench.ids);
  expect(bench.isLocked(bench.ids[0] ?? '')).toBe(true);
});

test.each([
  [7_200_000, true, { Age: '7200', Date: 'Wed, 31 Dec 2025 22:00:00 GMT' }],
  [-3_600_000, false, { Date: 'Thu, 01 Jan 2026 01:00:00 GMT' }]
])('a Date that is %i ms off, with Age: %j, comes as %j', (ms, age, headers) => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'stale-date', ms, age, route: 'GET info.json' });

  expect(bench.call('GET info.json').headers).toEqual(headers);
  expect(bench.call('GET users').headers).toEqual({ Date: 'Thu, 01 Jan 2026 00:00:00 GMT' });
});

test('over HTTP, too, a cache heeds no-cache, and the Date is that of then', async () => {
  const backend = await startBackend();
  try {
    const [id = ''] = backend.seed({ users: 1 }).userIds;
    backend.setFaults({
      faults: [
        { kind: 'cache', ms: 600_000, heedsNoCache: true },
        { kind: 'stale-date', ms: 7_200_000, age: true }
      ]
    });
    const read = async (headers: Record<string, string>): Promise<unknown> => {
      const response = await fetch(`${backend.url}/users/${id}`, {
        headers: { Authorization: `Bearer ${backend.token}`, ...headers }
      });
      expect(response.headers.get('age')).toBe('7200');
      expect(Date.now() - Date.parse(response.headers.get('date') ?? '')).toBeGreaterThan(7_000_000);
      return ((await response.json()) as { locked: boolean }).locked;
    };
    await read({});
    await callBackend(backend, 'POST', `users/${id}/lock`, { wipe: false });

    expect([await read({}), await read({ 'Cache-Control': 'no-cache' })]).toEqual([false, true]);
  } finally {
    await backend.close();
  }
});
