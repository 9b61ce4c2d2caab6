import { EmulatorBench } from '../support/EmulatorBench';

test('operations are throttled in a batch that is answered with 200, each user so often as the fault says', () => {
  const bench = new EmulatorBench(2);
  bench.setFaults({ kind: 'fail-operations', operations: 1, type: 'TOO_MANY_REQUESTS', timesEach: 2, locks: true });
  const types = (): unknown[] =>
    bench.lock(...bench.ids).map(({ error }) => (error as { type?: string } | undefined)?.type);

  expect([types(), types(), types()]).toEqual([
    ['TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS'],
    ['TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS'],
    [undefined, undefined]
  ]);
  expect(bench.ids.every((id) => bench.isLocked(id))).toBe(true);
});

test('an operation fails with a server fault although it is carried out', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults({ kind: 'fail-operations', operations: 1, applied: true });

  expect(bench.lock(...bench.ids)).toMatchObject([{ success: false, error: { type: 'INTERNAL_SERVER_ERROR' } }]);
  expect(bench.isLocked(bench.ids[0] ?? '')).toBe(true);
});

test.each([
  ['error', 'invalid-operation', { success: false, error: { type: 'INVALID_OPERATION' } }],
  ['error', 'already', { success: false, error: { type: 'ALREADY_LOCKED' } }],
  ['success', 'already', { success: true }]
] as const)(
  'somebody else locks a user directly before the second batch; with repeatLock=%s and repeatError=%s it answers %j',
  (repeatLock, repeatError, result) => {
    const bench = new EmulatorBench(3, { repeatLock, repeatError });
    const [first = '', second = '', dismissed = ''] = bench.ids;
    bench.setFaults({
      kind: 'change-users',
      change: 'lock',
      userIds: [dismissed],
      when: 'before',
      route: 'POST batch.json',
      locks: true,
      at: [2]
    });

    bench.lock(first);
    expect(bench.isLocked(dismissed)).toBe(false);

    expect(bench.lock(second, dismissed)).toMatchObject([{ success: true }, result]);
  }
);

test.each([
  ['invalid-operation', 'INVALID_OPERATION'],
  ['already', 'ALREADY_UNLOCKED']
] as const)('with repeatError=%s unlocking an unlocked user is answered with 422 %s', (repeatError, type) => {
  const bench = new EmulatorBench(1, { repeatError });

  expect(bench.call(`POST users/${bench.ids[0]}/unlock`)).toMatchObject({ status: 422, json: { type } });
});

test('a user is deleted after the first page, so that another one slides off the second', () => {
  const bench = new EmulatorBench(4);
  const [deleted = '', , slid = '', last] = bench.ids;
  bench.setFaults({
    kind: 'change-users',
    change: 'delete',
    userIds: [deleted],
    when: 'after',
    route: 'GET users',
    at: [1]
  });
  const pages = [0, 2].map((skip) => bench.list(`GET users?limit=2&skip=${skip}`).map(({ id }) => id));

  expect(pages).toEqual([bench.ids.slice(0, 2), [last]]);
  expect(bench.list('GET users').map(({ id }) => id)).toContain(slid);
});

test('a user is created between two pages of objects, so that the order by id shifts', () => {
  const bench = new EmulatorBench(4);
  const sorted = [...bench.ids].sort();
  const page = (skip: number): unknown => bench.list(`GET objects/user.json?limit=2&skip=${skip}&sort[id]=1`);
  bench.setFaults({
    kind: 'change-users',
    change: 'create',
    userIds: ['00000000-0000-4000-8000-000000000001'],
    when: 'after',
    route: 'GET objects/user.json',
    at: [1]
  });

  expect([page(0), page(2)]).toMatchObject([
    [{ id: sorted[0] }, { id: sorted[1] }],
    [{ id: sorted[1] }, { id: sorted[2] }]
  ]);
  expect(bench.call('GET users/00000000-0000-4000-8000-000000000001').json['locked']).toBe(false);
});

test('somebody else unlocks a user; who is not there, or is there already, stays as it is', () => {
  const bench = new EmulatorBench(2);
  const [id = '', deleted = ''] = bench.ids;
  bench.lock(id);
  const change = { kind: 'change-users', userIds: [id, deleted], when: 'before', route: 'GET info.json' } as const;
  bench.setFaults(
    { ...change, change: 'delete', userIds: [deleted] },
    { ...change, change: 'unlock' },
    { ...change, change: 'create', userIds: [id] }
  );

  bench.call('GET info.json');

  expect(bench.list('GET users')).toMatchObject([{ id, locked: false }]);
  expect(bench.emulator.changesByOthers()).toEqual([
    { userId: deleted, change: 'delete' },
    { userId: id, change: 'unlock' }
  ]);
});

test('what somebody else changes lags behind as all changes do', () => {
  const bench = new EmulatorBench(1);
  bench.setFaults(
    { kind: 'change-users', change: 'lock', userIds: bench.ids, when: 'before', route: 'GET info.json' },
    { kind: 'read-lag', ms: 1000 }
  );
  bench.call('GET info.json');

  expect(bench.list('GET users')[0]?.locked).toBe(false);
  bench.nowMs += 1000;
  expect(bench.list('GET users')[0]?.locked).toBe(true);
});

test.each([
  ['json', true],
  ['json', false],
  ['html', true],
  ['html', false]
] as const)(
  'a 200 with an error in its body (%s) comes for lock, unlock and re-authenticate; applied: %j',
  (body, applied) => {
    const bench = new EmulatorBench(1, { repeatLock: 'success' });
    const [id = ''] = bench.ids;
    const session = bench.emulator.user(id)?.sessions?.[0]?.id;
    const operations = [{ method: 'users/lock', user_id: id, wipe: false }];
    const states = (): unknown => [bench.isLocked(id), bench.emulator.user(id)?.sessions?.[0]?.state];
    bench.setFaults({ kind: 'error-body', body, applied });

    const answers = [bench.call(`POST users/${id}/sessions/${session}/re-authenticate`)];
    expect(states()).toEqual([false, applied ? 'LOCKED' : 'ENROLLED']);
    answers.push(bench.call('POST batch.json', { operations }));
    expect(states()).toEqual([applied, applied ? 'LOCKED' : 'ENROLLED']);
    answers.push(bench.call(`POST users/${id}/unlock`));
    expect(bench.isLocked(id)).toBe(false);

    for (const answer of answers) {
      expect(answer.status).toBe(200);
      if (body === 'json') expect(answer.json).toMatchObject({ type: 'INTERNAL_SERVER_ERROR' });
      else expect(answer.text).toContain('<html>');
    }
  }
);

test.each([
  ['works', 200, 1],
  ['ignored', 200, 3]
] as const)('with filterById=%s a query by id is answered with %i and %i users', (filterById, status, count) => {
  const bench = new EmulatorBench(3, { filterById });
  const [id = ''] = bench.ids;

  for (const answer of [
    bench.query('id = ?', id),
    bench.query('id in ?', [id]),
    bench.query('(id in ? and id = ?)', [id], id)
  ]) {
    expect(answer).toMatchObject({ status, json: { count } });
  }
  expect(bench.call(`GET objects/user.json?q[id]=${id}`)).toMatchObject({ status, json: { count } });
});

test('with filterById=refused a query by id is refused, and any other is not, nor one for what follows an id', () => {
  const bench = new EmulatorBench(3, { filterById: 'refused' });

  for (const answer of [bench.query('id = ?', bench.ids[0]), bench.query('id in ?', bench.ids)]) {
    expect(answer).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
  }
  expect(bench.query('id > ?', '0').json['count']).toBe(3);
  expect(bench.query('name != ?', '').json['count']).toBe(3);
});

test.each([
  [{ kind: 'read-lag', ms: -1 }, 'Fault 1.ms must be >= 0.'],
  [
    { kind: 'no-progress', how: 'idle' },
    'Fault 1.how must be equal to one of the allowed values: ignore-skip, repeat-last-page, more-for-ever.'
  ],
  [
    { kind: 'heavy-page', rows: 10, answer: 500 },
    'Fault 1.answer must be equal to one of the allowed values: time-out, 400, 413, 422, 502, 504.'
  ],
  [{ kind: 'change-users', change: 'lock', userIds: ['x'], when: 'before' }, 'Fault 1.userIds.0 must match pattern'],
  [{ kind: 'malformed-users', how: 'twice' }, "Fault 1 must have required property 'userIds'."],
  [{ kind: 'cache', ms: 5, forMs: 0 }, 'Fault 1.forMs must be > 0.'],
  [{ kind: 'other-order', from: 0 }, 'Fault 1.from must be >= 1.']
])('the fault %j is refused with the reason', (fault, reason) => {
  const bench = new EmulatorBench(1);

  expect(() => bench.emulator.setFaults({ faults: [fault as never] })).toThrow(reason);
});
