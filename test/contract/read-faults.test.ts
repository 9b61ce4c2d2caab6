import { EmulatorBench } from '../support/EmulatorBench';

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
