import { startBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { EmulatorBench } from '../support/EmulatorBench';

test.each([
  ['GET users', 'GET users/:any'],
  ['GET users/:any', 'GET users']
] as const)('with a lag on %s alone, a lock shows there 2 s later, and on %s at once', (route, other) => {
  const bench = new EmulatorBench(3);
  const [id = ''] = bench.ids;
  bench.setFaults({ kind: 'read-lag', ms: 2000, route });
  const shows = (name: string): unknown =>
    name === 'GET users'
      ? bench.list(name).find((user) => user.id === id)?.locked
      : bench.call(`GET users/${id}`).json['locked'];

  bench.lock(id);

  expect([shows(route), shows(other)]).toEqual([false, true]);
  bench.nowMs += 1999;
  expect(shows(route)).toBe(false);
  bench.nowMs += 1;
  expect(shows(route)).toBe(true);
});

test('a lag shows each of several states in its time, and the sessions with it', () => {
  const bench = new EmulatorBench(1);
  const [id = ''] = bench.ids;
  const shown = (): unknown => {
    const { locked, sessions } = bench.call(`GET users/${id}`).json as {
      locked: boolean;
      sessions: { state: string }[];
    };
    return [locked, sessions[0]?.state];
  };
  bench.setFaults({ kind: 'read-lag', ms: 1000 });

  bench.lock(id);
  bench.nowMs += 500;
  bench.call(`POST users/${id}/unlock`);

  expect(shown()).toEqual([false, 'ENROLLED']);
  bench.nowMs += 500;
  expect(shown()).toEqual([true, 'LOCKED']);
  bench.nowMs += 500;
  expect(shown()).toEqual([false, 'LOCKED']);
});

test('a lag that holds for a while only is over afterwards', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'read-lag', ms: 60_000, forMs: 3000 });
  bench.lock(...bench.ids);

  bench.nowMs += 2999;
  expect(bench.list('GET users')[0]?.locked).toBe(false);
  bench.nowMs += 1;
  expect(bench.list('GET users')[0]?.locked).toBe(true);
});

test('a lag on object queries shows objects of before: changed, created and deleted ones', () => {
  const bench = new EmulatorBench(2);
  const [changed = '', deleted = ''] = bench.ids;
  const created = '00000000-0000-4000-8000-000000000001';
  bench.setFaults({ kind: 'read-lag', ms: 1000, route: 'POST objects/user/query.json' });
  bench.call(`PATCH objects/user/${changed}.json`, { name: 'New' });
  bench.call(`DELETE objects/user/${deleted}.json`);
  bench.call(`PUT objects/user/${created}.json`, { name: 'Created' });
  const idsOf = (objects: unknown): string[] => (objects as { id: string }[]).map(({ id }) => id).sort();

  expect(idsOf(bench.query('').json['objects'])).toEqual([changed, deleted].sort());
  expect(bench.query('name = ?', 'New').json['count']).toBe(0);
  expect(idsOf(bench.list('GET objects/user.json'))).toEqual([changed, created].sort());

  bench.nowMs += 1000;
  expect(idsOf(bench.query('').json['objects'])).toEqual([changed, created].sort());
  expect(bench.query('name = ?', 'New').json['count']).toBe(1);
});

test('a lagging users API still lists who was deleted, unlocked, and answers 404 for who was created', () => {
  const bench = new EmulatorBench(2);
  const [deleted = ''] = bench.ids;
  const created = '00000000-0000-4000-8000-000000000001';
  bench.setFaults({ kind: 'read-lag', ms: 1000 });
  bench.call(`DELETE objects/user/${deleted}.json`);
  bench.call(`PUT objects/user/${created}.json`, {});

  expect(bench.list('GET users').map(({ id }) => id)).toEqual(bench.ids);
  expect(bench.call(`GET users/${deleted}`).json['locked']).toBe(false);
  expect(bench.call(`GET users/${created}`)).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });

  bench.nowMs += 1000;
  expect(bench.list('GET users').map(({ id }) => id)).toEqual([bench.ids[1], created]);
  expect(bench.call(`GET users/${deleted}`)).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });
});

test.each(['users', 'objects/user.json'])(
  'with another order for each page, no two orders of GET %s are alike',
  (path) => {
    const bench = new EmulatorBench(60);
    bench.setFaults({ kind: 'other-order', route: `GET ${path}` });
    const orders = [1, 2, 3].map(() => bench.list(`GET ${path}?limit=100`).map(({ id }) => id));

    expect(new Set(orders.map((order) => order.join())).size).toBe(3);
    for (const order of orders) expect([...order].sort()).toEqual([...bench.ids].sort());
  }
);

test('an order that changes once is another one from that page on, and stays', () => {
  const bench = new EmulatorBench(60);
  bench.setFaults({ kind: 'other-order', once: true, from: 2, route: 'GET users' });
  const [first, second, third] = [1, 2, 3].map(() => bench.list('GET users').map(({ id }) => id));

  expect(first).toEqual(bench.ids);
  expect(second).not.toEqual(bench.ids);
  expect(third).toEqual(second);
});

test('a script that is played again draws the same orders', () => {
  const [one, two] = [1, 2].map(() => {
    const bench = new EmulatorBench(60);
    bench.setFaults({ kind: 'other-order' });
    return bench.list('GET users');
  });

  expect(one).toEqual(two);
});

test.each([
  ['ignore-skip', [2, 2, 2], [true, true, true]],
  ['repeat-last-page', [2, 1, 1], [true, true, true]],
  ['more-for-ever', [2, 1, 0], [true, true, true]]
] as const)('pages that make no progress by %s have %j users and more: %j', (how, sizes, more) => {
  const bench = new EmulatorBench(3);
  bench.setFaults({ kind: 'no-progress', how });
  const lists = [
    [0, 2, 4].map((skip) => bench.call(`GET users?limit=2&skip=${skip}`).json),
    [0, 2, 4].map(
      (skip) => bench.call('POST objects/user/query.json', { expression: '', arguments: [], limit: 2, skip }).json
    )
  ];

  for (const pages of lists) {
    expect(pages.map((page) => (page['objects'] as unknown[]).length)).toEqual(sizes);
    expect(pages.map((page) => page['more'])).toEqual(more);
  }
});

test('a server that repeats its last page shows the same users there again', () => {
  const bench = new EmulatorBench(3);
  bench.setFaults({ kind: 'no-progress', how: 'repeat-last-page' });

  expect(bench.list('GET users?limit=2&skip=8')).toEqual(bench.list('GET users?limit=2&skip=2'));
});

test.each([400, 413, 422, 502, 504] as const)(
  'pages above 200 rows are answered with %i, smaller ones as ever',
  (answer) => {
    const bench = new EmulatorBench(3);
    bench.setFaults({ kind: 'heavy-page', rows: 200, answer });
    const query = (limit: number | null): number =>
      bench.call('POST objects/user/query.json', { expression: '', arguments: [], limit, skip: 0 }).status;

    expect([201, 200].map((limit) => bench.call(`GET users?limit=${limit}`).status)).toEqual([answer, 200]);
    expect([201, null, 200].map(query)).toEqual([answer, answer, 200]);
    expect(bench.call('GET users').status).toBe(answer);
    expect(bench.call(`GET users/${bench.ids[0]}`).status).toBe(200);
  }
);

test('a page size that is refused is refused in the words of the API, a page that is too heavy by a gateway', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'heavy-page', rows: 2, answer: 422, route: 'GET users' });
  expect(bench.call('GET users?limit=3').json).toMatchObject({
    type: 'INVALID_API_REQUEST',
    detail: "'limit' must be at most 2."
  });

  bench.setFaults({ kind: 'heavy-page', rows: 2, answer: 504 });
  expect(bench.call('GET users?limit=3').text).toContain('<h1>504</h1>');
});

test('a page that is never ready in time comes two minutes later, a smaller one at once', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'heavy-page', rows: 200, answer: 'time-out' });

  expect([201, 200].map((limit) => bench.call(`GET users?limit=${limit}`).delayMs)).toEqual([120_000, 0]);
});

test.each([
  ['locked-null', { locked: null }],
  ['sessions-null', { sessions: null }],
  ['id-dots', { id: '..' }],
  ['id-empty', { id: '' }],
  ['id-slash', { id: '../users' }],
  ['id-number', { id: 5 }]
] as const)(
  'a user that is malformed by %s is shown so, in the list and alone; the others are as ever',
  (how, shown) => {
    const bench = new EmulatorBench(3);
    const [first, odd, last] = bench.list('GET users');
    bench.setFaults({ kind: 'malformed-users', userIds: [odd?.id ?? ''], how });

    expect(bench.list('GET users')).toEqual([first, { ...odd, ...shown }, last]);
    expect(bench.call(`GET users/${odd?.id}`).json).toEqual({ ...odd, ...shown });
  }
);

test.each([
  ['locked-missing', 'locked'],
  ['sessions-missing', 'sessions']
] as const)('a user that is malformed by %s has no %s', (how, name) => {
  const bench = new EmulatorBench(2);
  bench.setFaults({ kind: 'malformed-users', userIds: [bench.ids[0] ?? ''], how });
  const [odd, plain] = bench.list('GET users');

  expect(odd).not.toHaveProperty(name);
  expect(plain).toHaveProperty(name);
});

test('a user is shown twice, or as null', () => {
  const bench = new EmulatorBench(2);
  const [odd, plain] = bench.list('GET users');
  bench.setFaults({ kind: 'malformed-users', userIds: [odd?.id ?? ''], how: 'twice' });
  expect(bench.list('GET users')).toEqual([odd, odd, plain]);

  bench.setFaults({ kind: 'malformed-users', userIds: [odd?.id ?? ''], how: 'null' });
  expect(bench.list('GET users')).toEqual([null, plain]);
});

test('several faults of reads take effect at once', () => {
  const bench = new EmulatorBench(2);
  const [id = ''] = bench.ids;
  bench.setFaults(
    { kind: 'read-lag', ms: 1000 },
    { kind: 'malformed-users', userIds: [id], how: 'twice' },
    { kind: 'no-progress', how: 'ignore-skip' },
    { kind: 'status', status: 503, at: [2] }
  );
  bench.lock(id);

  expect(bench.call('GET users?limit=1&skip=1').status).toBe(503);
  expect(bench.list('GET users?limit=1&skip=1').map((user) => [user.id, user.locked])).toEqual([
    [id, false],
    [id, false]
  ]);
});

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
