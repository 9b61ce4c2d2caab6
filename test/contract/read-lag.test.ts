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
