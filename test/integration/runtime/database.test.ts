import type { Collection } from '../../../tasks/local/runtime/db/Collection';
import { connectDatabase } from '../../../tasks/local/runtime/db/connect-database';
import type { Database } from '../../../tasks/local/runtime/db/connect-database';
import { startBackend } from '../../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../../tasks/local/backend/start-backend';
import { StubBackend } from '../../support/StubBackend';

let backend: RunningBackend;
let DB: Database;
beforeEach(async () => {
  backend = await startBackend();
  DB = await connectDatabase(backend);
});
afterEach(() => backend.close());

function users(): Collection {
  const collection = DB['user'];
  if (collection === undefined) throw new Error('There is no user model.');
  return collection;
}
const paths = (): string[] =>
  backend
    .requests()
    .slice(1)
    .map(({ method, path, query }) => `${method} ${path.split('/').slice(4).join('/')}${decodeURIComponent(query)}`);

test('a list without a condition is a GET, one with a condition a POST, both with Token', async () => {
  await users().all().orderBy('name', '-id').limit(2).skip(1).toArray();
  await users().where('role = ?', 'driver').where('name = ?', 'A').orderBy('id').toArray();

  expect(paths()).toEqual([
    'GET objects/user.json?limit=2&skip=1&sort[name]=1&sort[id]=-1',
    'POST objects/user/query.json'
  ]);
  expect(JSON.parse(backend.requests().at(-1)?.body ?? '')).toEqual({
    expression: '((role = ?) and name = ?)',
    arguments: ['driver', 'A'],
    limit: null,
    skip: null,
    sort: ['id']
  });
  expect(backend.requests().every(({ authScheme }) => authScheme === 'Token')).toBe(true);
});

test.each([
  [undefined, 2300],
  [1000, 1000],
  [2000, 2000],
  [5000, 2300]
])('with limit %j all of %i objects come, each once', async (limit, expected) => {
  backend.seed({ users: 2300 });
  const query = users().all().orderBy('id');

  const objects = await (limit === undefined ? query : query.limit(limit)).toArray();

  expect(new Set(objects.map(({ id }) => id)).size).toBe(expected);
});

test('a refinement makes a new query, and nothing is sent before a result is asked for', async () => {
  backend.seed({ users: 3 });
  const all = users().all();
  all.limit(1);

  expect(paths()).toEqual([]);
  expect(await all.count()).toBe(3);
  expect(await all.limit(1).count()).toBe(1);
});

test('a query is no array and has no forEach', () => {
  const query = users().all() as unknown as Record<string, unknown>;

  expect(() => query['length']).toThrow('use .toArray()');
  expect(() => query['0']).toThrow('use .toArray()');
  expect(query['forEach']).toBeUndefined();
});

test.each<[string, unknown[], string]>([
  ['role = ?', [], 'has 1 "?" and 0 values'],
  ['colour = ?', ['red'], 'has no field "colour"'],
  ['name = ? and colour in ?', ['a', []], 'has no field "colour"']
])('where("%s", …%j) throws at once', (text, values, message) => {
  expect(() => users().where(text, ...values)).toThrow(message);
});

test('an unknown field to order by is refused by the backend', async () => {
  await expect(users().all().orderBy('-colour').toArray()).rejects.toMatchObject({
    status: 400,
    type: 'INVALID_API_REQUEST'
  });
});

test('objects are created, found, changed, reloaded and destroyed', async () => {
  const ann = users().create({ name: 'Ann', role: 'driver', nonsense: 1 });
  expect(ann.persisted).toBe(false);
  await ann.save();
  expect(ann.persisted).toBe(true);

  const found = await users().first(ann.id);
  expect(found).toMatchObject({ name: 'Ann', role: 'driver' });
  expect([found?.id, found?.type.name, found?.['depot_id']]).toEqual([ann.id, 'user', null]);
  Object.assign(found ?? {}, { name: 'Anna' });
  await found?.save();
  await ann.reload();
  expect(ann['name']).toBe('Anna');
  expect((await users().first({ name: 'Anna' }))?.id).toBe(ann.id);
  expect(await users().first('name = ?', 'nobody')).toBeNull();

  await ann.destroy();
  expect(await users().all().count()).toBe(0);
});

test('an object has no other properties than its model', () => {
  const ann = users().create();

  expect(() => {
    ann['colour'] = 'red';
  }).toThrow(TypeError);
});

test('a batch sends 1000 operations at a time, each object once, and destroying wins', async () => {
  const batch = new DB.Batch();
  const people = Array.from({ length: 1001 }, (_, n) => users().create({ name: `P${n}` }));
  for (const person of people) batch.save(person);
  for (const person of people.slice(0, 1)) batch.save(person);
  await batch.execute();
  expect(backend.state().objects).toMatchObject({ user: 1001 });
  expect(
    backend
      .requests()
      .map(({ operations }) => operations)
      .filter(Boolean)
  ).toEqual([1000, 1]);

  const second = new DB.Batch();
  for (const person of people) {
    second.destroy(person);
    second.save(person);
  }
  await second.execute();
  expect(backend.state().objects).toMatchObject({ user: 0 });
});

test('objects that fail are told together, and the others are saved', async () => {
  const batch = new DB.Batch();
  batch.save(users().create({ role: 'pilot' }));
  batch.save(users().create({ role: 'driver' }));

  await expect(batch.execute()).rejects.toMatchObject({
    errors: [{ operation: 'put', error: { type: 'INVALID_VALUE' } }]
  });
  expect(backend.state().objects).toMatchObject({ user: 1 });
});

test('destroyAll destroys what the query finds', async () => {
  backend.seed({ users: 4 });

  await users().where('role = ?', 'driver').destroyAll();

  expect(backend.state()).toMatchObject({ users: 3, objects: { user: 3 } });
});

test('a change is sent with the changed fields alone, and without a change nothing is sent', async () => {
  const ann = users().create({ name: 'Ann', role: 'driver' });
  await ann.save();
  const [first, second] = [await users().first(ann.id), await users().first(ann.id)];
  const before = backend.requests().length;

  await first?.save();
  expect(backend.requests()).toHaveLength(before);

  Object.assign(first ?? {}, { name: 'Anna' });
  await first?.save();
  expect(JSON.parse(backend.requests().at(-1)?.body ?? '')).toEqual({
    operations: [{ method: 'patch', object: { type: 'user', id: ann.id, name: 'Anna' } }]
  });
  Object.assign(second ?? {}, { role: 'dispatcher' });
  await second?.save();
  await ann.reload();
  expect(ann).toMatchObject({ name: 'Anna', role: 'dispatcher' });
});

test('an object that cannot be saved fails with the error of the API as it came, which is no Error', async () => {
  const error: unknown = await users()
    .create({ role: 'pilot' })
    .save()
    .catch((reason: unknown) => reason);

  expect(error).toMatchObject({ type: 'INVALID_VALUE', detail: expect.stringContaining('pilot') as string });
  expect(error).not.toBeInstanceOf(Error);
});

test('a model may have fields named as the client names its own things', async () => {
  const stub = new StubBackend();
  const fields = { model: { type: 'text' }, connection: { type: 'text' } };
  stub.answer = ({ name }) => ({
    body: JSON.stringify(
      name === 'GET datamodel.json'
        ? { models: { car: { name: 'car', fields, belongs_to: {} } } }
        : { operations: [{ success: true }] }
    )
  });
  const database = await connectDatabase({ url: await stub.start(), token: 'x' });

  const car = database['car']?.create({ model: 'T', connection: 'C' });
  await car?.save();
  await stub.stop();

  expect(car).toMatchObject({ model: 'T', connection: 'C', persisted: true });
  expect(stub.requests.at(-1)?.body).toContain('"model":"T","connection":"C"');
});
