import type { DatabaseObject } from '../../../tasks/local/runtime/db/DatabaseObject';
import { StubDatabase } from '../../support/StubDatabase';

// How objects of the vendor's client (@journeyapps/db 8.1.1) behave, as observed with a server that keeps what it is sent.

let database: StubDatabase;
beforeEach(async () => {
  database = await StubDatabase.start();
});
afterEach(() => database.stop());

const create = (values?: Record<string, unknown>): DatabaseObject => database.things.create(values);
const read = async (shown: Record<string, unknown>): Promise<DatabaseObject> => {
  database.answer({ id: 't1', ...shown });
  const object = await database.things.first('t1');
  if (object === null) throw new Error('There is no object.');
  database.takeSent();
  return object;
};
const depotOf = (object: DatabaseObject) => object['depot'] as (related?: unknown) => Promise<DatabaseObject | null>;
const sentObjects = (): unknown[] =>
  database.takeSent().flatMap(([, body]) => (body as { operations: { object: unknown }[] }).operations);

test.each<[string, unknown, string]>([
  ['size', '5', 'takes a number, not "5"'],
  ['amount', '5', 'takes a number, not "5"'],
  ['born', '2026-01-02', 'takes a Day or a Date'],
  ['seen_at', '2026-01-02T03:04:05Z', 'takes a Date'],
  ['grade', 7, 'takes the number of an option'],
  ['grade', '0', 'takes the number of an option'],
  ['numbers', 1, 'takes a list of numbers'],
  ['numbers', [9], 'takes a list of numbers']
])('setting %s to %j throws at once', (name, value, message) => {
  const object = create();

  expect(() => {
    object[name] = value;
  }).toThrow(message);
  expect(() => create({ [name]: value })).toThrow(message);
});

test.each<[string, unknown, unknown]>([
  ['amount', 3.7, 3],
  ['title', 5, '5'],
  ['title', undefined, null],
  ['colour', 'no option', 'no option'],
  ['active', 'no boolean', 'no boolean']
])('setting %s to %j is let through, and it reads %j', (name, value, result) => {
  expect(create({ [name]: value })[name]).toBe(result);
});

test('only fields are enumerable, and the type is an object', () => {
  const object = create({ title: 'A' });

  expect(Object.keys(object)).toEqual('title size amount active born seen_at colour grade tags numbers'.split(' '));
  expect({ ...object }).not.toHaveProperty('id');
  expect(object.type).toMatchObject({ name: 'thing', label: 'Thing' });
  expect(Object.keys(database.things.type.belongsTo ?? {})).toEqual(['depot']);
  for (const name of ['id', 'type', 'persisted', 'parts', 'depot', 'nope']) {
    expect(() => {
      (object as Record<string, unknown>)[name] = 'x';
    }).toThrow();
  }
});

test('an absent field is null, an absent multiple choice an empty list, and choices and booleans are read by key', async () => {
  const empty = await read({});
  expect([empty['title'], empty['active'], empty['depot_id'], empty['tags']]).toEqual([null, null, null, []]);
  expect(create()['tags']).toBeNull();

  const full = await read({
    active: { key: true, display: 'Yes' },
    colour: { key: 'red', display: 'Red' },
    grade: { key: 0, display: 'A' },
    tags: [{ key: 'x', display: 'X' }],
    seen_at: '2026-01-02T03:04:05Z',
    born: '2026-01-02',
    size: 'no number'
  });
  expect({ ...full }).toMatchObject({ active: true, colour: 'red', grade: 0, tags: ['x'], size: null });
  expect(full['seen_at']).toEqual(new Date('2026-01-02T03:04:05Z'));
  expect([String(full['born']), JSON.stringify(full['born'])]).toEqual(['2026-01-02', '"2026-01-02"']);
});

test('a new object is a put of what was set, a change a patch of what changed', async () => {
  const object = create({ title: 'A', size: null, born: new Date(2026, 0, 2), seen_at: new Date(1_500) });
  await object.save();
  expect(sentObjects()).toEqual([
    {
      method: 'put',
      object: { type: 'thing', id: object.id, title: 'A', born: '2026-01-02', seen_at: '1970-01-01T00:00:01.500Z' }
    }
  ]);

  await object.save();
  expect(database.takeSent()).toEqual([]);
  Object.assign(object, { title: null, size: 2 });
  await object.save();
  expect(sentObjects()).toEqual([{ method: 'patch', object: { type: 'thing', id: object.id, title: null, size: 2 } }]);
});

test('an equal Date and an equal id of a relation are sent again', async () => {
  const object = await read({ seen_at: '2026-01-02T03:04:05Z', depot_id: 'd1', title: 'A' });

  Object.assign(object, { seen_at: new Date('2026-01-02T03:04:05Z'), depot_id: 'd1', title: 'A' });
  await object.save();

  expect(sentObjects()).toEqual([
    {
      method: 'patch',
      object: { type: 'thing', id: 't1', seen_at: '2026-01-02T03:04:05.000Z', depot_id: 'd1' }
    }
  ]);
});

test('create and setAll ignore ids of relations and unknown names, and take objects for relations', () => {
  const depot = database.depots.create();

  expect(create({ depot_id: 'd1', nope: 1 })['depot_id']).toBeNull();
  expect(create({ depot })['depot_id']).toBe(depot.id);
  expect(() => create({ depot: 'd1' })).toThrow('takes an object of DB. Set its id as "depot_id"');
});

test('a relation is a function: it reads the object once, and sets it; a related object is saved with it', async () => {
  const object = await read({ depot_id: 'd1' });
  database.answer({ id: 'd1', name: 'North' });
  const [first, second] = await Promise.all([depotOf(object)(), depotOf(object)()]);
  expect([first?.['name'], second]).toEqual(['North', first]);
  expect(database.takeSent()).toEqual([['GET objects/depot/d1.json']]);
  expect(() => {
    object['depot'] = first;
  }).toThrow('A relation is set as .depot(object)');
  expect(() => depotOf(object)('d1')).toThrow('takes an object of DB');

  const south = database.depots.create({ name: 'South' });
  void depotOf(object)(south);
  await object.save();
  expect(sentObjects()).toEqual([
    { method: 'patch', object: { type: 'thing', id: 't1', depot_id: south.id } },
    { method: 'put', object: { type: 'depot', id: south.id, name: 'South' } }
  ]);

  void depotOf(object)(null);
  expect([object['depot_id'], await depotOf(object)()]).toEqual([null, null]);
});

test('what belongs to an object is a query', async () => {
  const object = await read({});
  const parts = object['parts'] as ReturnType<typeof database.things.all>;
  database.answer({ objects: [] });
  await parts.toArray();
  await parts.where('label = ?', 'a').toArray();

  expect(database.takeSent()).toMatchObject([
    ['POST objects/part/query.json', { expression: 'thing_id = ?', arguments: ['t1'] }],
    ['POST objects/part/query.json', { expression: '(thing_id = ? and label = ?)', arguments: ['t1', 'a'] }]
  ]);
});

test('a reload keeps what was assigned, and of an object that is gone all values', async () => {
  const object = await read({ title: 'A', size: 1 });
  object['title'] = 'mine';
  database.answer({ id: 't1', title: 'theirs', size: 2 });
  await object.reload();
  expect(object).toMatchObject({ title: 'mine', size: 2 });

  database.answerWith(() => ({ status: 404, body: '{"type":"OBJECT_NOT_FOUND"}' }));
  await object.reload();
  expect(object).toMatchObject({ title: 'mine', size: 2 });
});

test('destroying what is gone is no error, and a save afterwards does nothing', async () => {
  const object = await read({});
  database.answer({ operations: [{ error: { type: 'OBJECT_NOT_FOUND' } }] });
  await object.destroy();
  expect(object.persisted).toBe(false);
  expect(database.takeSent()).toHaveLength(1);

  await object.save();
  expect(database.takeSent()).toEqual([]);
});

test('a batch fails with the object, the operation and the error of each that failed, and may be executed again', async () => {
  const batch = new database.DB.Batch();
  const [good, bad] = [create({ title: 'good' }), create({ title: 'bad' })];
  batch.save(good);
  batch.save(bad);
  database.answer({ operations: [{}, { error: { type: 'INVALID_VALUE', detail: 'No.' } }] });

  const error: unknown = await batch.execute().catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(Error);
  const { errors, name, message } = error as Error & { errors: object[] };
  expect(name).toBe('Error');
  expect(message).toBe(`Some operations failed.\n  thing ${bad.id}: No.`);
  expect(errors).toEqual([{ object: bad, operation: 'put', error: { type: 'INVALID_VALUE', detail: 'No.' } }]);
  expect([good.persisted, bad.persisted]).toEqual([true, false]);

  database.takeSent();
  database.answer({});
  await batch.execute();
  expect(sentObjects()).toEqual([{ method: 'put', object: { type: 'thing', id: bad.id, title: 'bad' } }]);
});

test('a batch refuses what is no object of DB, and an answer with another number of results', async () => {
  const batch = new database.DB.Batch();
  expect(() => batch.save({} as never)).toThrow('takes objects of DB only');

  batch.save(create());
  database.answer({ operations: [] });
  await expect(batch.execute()).rejects.toThrow('A batch of 1 was answered with 0 results.');
});

test('the display text is null while a relation in it is not loaded, which it then is', async () => {
  const object = await read({ title: 'A', depot_id: 'd1' });
  database.answer({ id: 'd1', name: 'North' });

  expect(String(object)).toBe('null');
  await depotOf(object)();
  expect(String(object)).toBe('A (North)');
  expect(database.takeSent()).toEqual([['GET objects/depot/d1.json']]);
});
