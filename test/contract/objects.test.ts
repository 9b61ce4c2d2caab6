import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

// Source: the pages on creating, retrieving, updating, deleting and querying objects of the vendor's documentation, and its "Querying DB
// objects" for the language of queries. That the server orders without regard to letter case is assumed; so are the words of errors.

let backend: RunningBackend;
beforeEach(async () => {
  backend = await startBackend();
});
afterEach(() => backend.close());

const call = (method: string, path: string, body?: unknown) => callBackend(backend, method, path, body);
const id = (n: number): string => `11111111-2222-4333-8444-55555555550${n}`;
const names = (answer: { json: Record<string, unknown> }): unknown =>
  (answer.json['objects'] as { name?: string }[]).map(({ name }) => name ?? null);

/** Adds users 1 to 4: Ann (driver), Bob (driver), anton (mechanic), and one without a name or role. */
async function addPeople(): Promise<void> {
  await call('PUT', `objects/user/${id(1)}.json`, { user: { name: 'Ann', role: 'driver' } });
  await call('PUT', `objects/user/${id(2)}.json`, { user: { name: 'Bob', role: { key: 'driver' } } });
  await call('PUT', `objects/user/${id(3)}.json`, { user: { name: 'anton', role: 'mechanic' } });
  await call('PUT', `objects/user/${id(4)}.json`, { user: {} });
}

test('an object is created, read, changed, replaced and deleted', async () => {
  const created = await call('POST', 'objects/user.json', { user: { name: 'Ann', role: 'driver', depot_id: id(9) } });
  const path = `objects/user/${String(created.json['id'])}.json`;
  expect(created).toMatchObject({
    status: 201,
    json: {
      type: 'user',
      name: 'Ann',
      display: 'Ann',
      role: { key: 'driver', display: 'Driver' },
      depot_id: id(9)
    }
  });
  expect(created.json['updated_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

  expect((await call('GET', path)).json).toEqual(created.json);
  expect((await call('PATCH', path, { user: { name: 'Anna' } })).json).toMatchObject({
    name: 'Anna',
    role: { key: 'driver' }
  });
  expect((await call('PUT', path, { user: { email: 'a@example.test' } })).json).toEqual({
    id: created.json['id'],
    type: 'user',
    updated_at: expect.any(String),
    display: '',
    email: 'a@example.test'
  });
  expect(await call('DELETE', path)).toMatchObject({ status: 200, text: '' });
  expect(await call('GET', path)).toMatchObject({ status: 404, json: { type: 'OBJECT_NOT_FOUND' } });
});

test.each<[string, unknown]>([
  ['a choice that is none', { role: 'pilot' }],
  ['a number as text', { name: 7 }],
  ['an unknown field', { colour: 'red' }],
  ['a relation that is no id', { depot_id: 'north' }],
  ['a prototype key', JSON.parse('{"__proto__": {"name": "x"}, "constructor": "y"}')]
])('%s is refused', async (_name, user) => {
  expect(await call('POST', 'objects/user.json', { user })).toMatchObject({
    status: 422,
    json: { type: 'INVALID_VALUE' }
  });
});

test('an id that is no lower-case UUID is refused', async () => {
  expect((await call('PUT', 'objects/user/ABC.json', { user: {} })).status).toBe(400);
  expect(
    (await call('POST', 'objects/user.json', { user: { id: id(1).toUpperCase().replace('1', 'A') } })).status
  ).toBe(400);
});

test.each<[string, unknown[], string[]]>([
  ['', [], ['Ann', 'Bob', 'anton', 'null']],
  ['role = ?', ['driver'], ['Ann', 'Bob']],
  ['role = ?', [{ key: 'driver' }], ['Ann', 'Bob']],
  ['role != ?', ['driver'], ['anton', 'null']],
  ['role = ?', [null], ['null']],
  ['name starts with ?', ['AN'], ['Ann', 'anton']],
  ['name contains ?', ['o'], ['Bob', 'anton']],
  ['name < ?', ['B'], ['Ann']],
  ['name <= ?', ['Ann'], ['Ann']],
  ['name > ?', ['Ann'], ['Bob', 'anton']],
  ['name >= ?', ['Bob'], ['Bob', 'anton']],
  ['id in ?', [[id(1), id(3)]], ['Ann', 'anton']],
  ['id not in ?', [[id(1), id(3)]], ['Bob', 'null']],
  ['id in ?', [[]], []],
  ['role = ? and name = ?', ['driver', 'Bob'], ['Bob']],
  ['role = ? or name = ?', ['mechanic', 'Bob'], ['Bob', 'anton']],
  ['name = ? or role = ? and name = ?', ['Ann', 'driver', 'Bob'], ['Ann', 'Bob']],
  ['(name = ? or role = ?) and name = ?', ['Ann', 'driver', 'Bob'], ['Bob']],
  ['  role  NOT IN  ?  ', [['driver', null]], ['anton']]
])('the expression "%s" with %j finds %j', async (expression, args, expected) => {
  await addPeople();

  const answer = await call('POST', 'objects/user/query.json', { expression, arguments: args, sort: { id: 1 } });

  expect((names(answer) as unknown[]).map(String)).toEqual(expected);
});

test.each<[string, unknown[], string]>([
  ['colour = ?', ['red'], "Unknown field 'colour' at position 0"],
  ['constructor = ?', ['x'], "Unknown field 'constructor'"],
  ['name = ?', [], 'Not enough arguments at position'],
  ['name = ?', ['a', 'b'], 'Too many arguments'],
  ['name = "x"', [], 'Unexpected text at position'],
  ['name ?', ['a'], 'Expected an operator'],
  ['name = ? and', ['a'], "Unknown field ''"],
  ['(name = ?', ['a'], 'Expected )'],
  ['name = ? name = ?', ['a', 'b'], 'Unexpected text'],
  ['name in ?', ['a'], "'in' takes a list"],
  ['name = ?; drop table', ['a'], 'Unexpected text']
])('the expression "%s" with %j is refused: %s', async (expression, args, detail) => {
  const answer = await call('POST', 'objects/user/query.json', { expression, arguments: args });

  expect(answer).toMatchObject({
    status: 400,
    json: { type: 'INVALID_API_REQUEST', detail: expect.stringContaining(detail) }
  });
});

test.each([
  ['q[role]=driver', ['Ann', 'Bob']],
  ['query[role]=driver&query[name]=Bob', ['Bob']],
  ['q[role.ne]=driver', ['anton', null]],
  ['q[name.null]=true', [null]],
  ['q[name.null]=false', ['Ann', 'Bob', 'anton']],
  ['q[name.contains]=nt', ['anton']],
  ['q[name.gt]=Ann', ['Bob', 'anton']],
  ['q[name.gte]=Ann', ['Ann', 'Bob', 'anton']],
  ['q[name.lt]=Bob', ['Ann']],
  ['q[name.lte]=Bob', ['Ann', 'Bob']],
  ['q[_updated_at.gt]=2000-01-01T00:00:00Z', ['Ann', 'Bob', 'anton', null]]
])('the filter %s finds %j', async (query, expected) => {
  await addPeople();

  expect(names(await call('GET', `objects/user.json?sort[id]=1&${query}`))).toEqual(expected);
});

test.each([
  ['sort[name]=1', [null, 'Ann', 'anton', 'Bob']],
  ['sort[name]=desc', ['Bob', 'anton', 'Ann', null]],
  ['sort[role]=asc&sort[name]=-1', [null, 'Bob', 'Ann', 'anton']],
  ['sort[id]=-1', [null, 'anton', 'Bob', 'Ann']]
])('%s orders without regard to letter case, null first', async (sort, expected) => {
  await addPeople();

  expect(names(await call('GET', `objects/user.json?${sort}`))).toEqual(expected);
});

test('a list has at most 1000 objects and says whether there are more; empty limit and skip mean none', async () => {
  backend.seed({ users: 1500 });

  expect((await call('GET', 'objects/user.json?limit=5000&skip=')).json).toMatchObject({ count: 1000, more: true });
  expect((await call('GET', 'objects/user.json?limit=&skip=1000')).json).toMatchObject({ count: 500, more: false });
  expect((await call('GET', 'objects/user.json?limit=2')).json).toMatchObject({ total: 1500 });
  const fromCloudCode = { Authorization: `Token ${backend.token}` };
  const answer = await callBackend(backend, 'GET', 'objects/user.json?limit=2', undefined, fromCloudCode);
  expect(answer.json).not.toHaveProperty('total');
});

test('a list shows what was changed since it was last read', async () => {
  await addPeople();
  const list = async () => names(await call('GET', 'objects/user.json?sort[name]=1'));
  await list();

  await call('PATCH', `objects/user/${id(1)}.json`, { user: { name: 'Zoe' } });
  expect(await list()).toEqual([null, 'anton', 'Bob', 'Zoe']);

  await call('DELETE', `objects/user/${id(2)}.json`);
  expect(await list()).toEqual([null, 'anton', 'Zoe']);
});

test.each([
  ['GET', 'objects/constructor.json', undefined, 404],
  ['GET', 'objects/__proto__.json', undefined, 404],
  ['GET', 'objects/user.json?limit=-1', undefined, 400],
  ['GET', 'objects/user.json?sort[colour]=1', undefined, 400],
  ['GET', 'objects/user.json?sort[name]=up', undefined, 400],
  ['GET', 'objects/user.json?q[name.like]=x', undefined, 400],
  ['POST', 'objects/user.json', {}, 400],
  ['POST', 'objects/user/query.json', { expression: 7 }, 400],
  ['POST', `objects/user/${'1'.repeat(36)}.json`, {}, 404],
  ['GET', 'objects/user', undefined, 404]
])('%s %s is answered with an error', async (method, path, body, status) => {
  expect((await call(method, path, body)).status).toBe(status);
});

test('createStatus=200 answers a creation with 200', async () => {
  const other = await startBackend({ switches: { createStatus: '200', listTotal: 'always' } });

  const created = await callBackend(other, 'POST', 'objects/user.json', { user: {} });
  const list = await callBackend(other, 'GET', 'objects/user.json');
  await other.close();

  expect(created.status).toBe(200);
  expect(list.json).toMatchObject({ total: 1 });
});
