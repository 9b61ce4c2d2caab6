import type { Query } from '../../../tasks/local/runtime/db/Query';
import { StubDatabase } from '../../support/StubDatabase';

// What the vendor's client (@journeyapps/db 8.1.1) sends and refuses, as observed with a server that keeps what it is sent.

let database: StubDatabase;
beforeEach(async () => {
  database = await StubDatabase.start();
});
afterEach(() => database.stop());

const where = (...args: Parameters<Query['where']>): Query => database.things.where(...args);
const sent = async (query: Query): Promise<unknown[]> => {
  await query.toArray();
  return database.takeSent();
};

test.each<[string, unknown[], string, unknown[]]>([
  ['title = ?', ['a'], '(title = ?)', ['a']],
  ['title=?', ['a'], '(title = ?)', ['a']],
  ['  title  =  ?  ', ['a'], '(title = ?)', ['a']],
  ['title = ? and size = ?', ['a', 1], '((title = ? and size = ?))', ['a', 1]],
  ['(title = ?) or size > ?', ['a', 1], '((title = ? or size > ?))', ['a', 1]],
  [
    'title = ? and (size > ? or amount in ?)',
    ['a', 1, [2]],
    '((title = ? and (size > ? or amount in ?)))',
    ['a', 1, [2]]
  ],
  ['title starts with ?', ['a'], '(title starts with ?)', ['a']],
  ['depot_id not in ?', [['a']], '(depot_id not in ?)', [['a']]],
  ['title = ?', ['a', 'too many'], '(title = ?)', ['a']],
  ['depot = ?', ['an id'], '(depot_id = ?)', [null]],
  ['depot != ?', [null], '(depot_id != ?)', [null]]
])('where(%j, …%j) is sent as %j with %j', async (text, values, expression, args) => {
  expect(await sent(where(text, ...values))).toEqual([
    ['POST objects/thing/query.json', { expression, arguments: args, limit: null, skip: null, sort: [] }]
  ]);
});

test.each<[string, unknown[]]>([
  ['', []],
  ['  ', []],
  ['title = ? AND size = ?', ['a', 1]],
  ['title = ? OR size = ?', ['a', 1]],
  ['title IN ?', [['a']]],
  ['title starts  with ?', ['a']],
  ['title = ?\nand size = ?', ['a', 1]],
  ['title = ? and\tsize = ?', ['a', 1]],
  ['title = "a"', []],
  ['title = ?and size = ?', ['a', 1]],
  ['(title = ?', ['a']],
  ['title = ?)', ['a']],
  ['title = ? and', ['a']],
  ['title like ?', ['a']],
  ['title = ?', []],
  ['updated_at > ?', [new Date(0)]],
  ['nope = ?', ['a']],
  ['parts = ?', ['a']],
  ['title.size = ?', ['a']]
])('where(%j, …%j) throws at once', (text, values) => {
  expect(() => where(text, ...values)).toThrow(text === '' ? /query ""/ : text.trim());
});

test('a mistake in the text is told with its place', () => {
  expect(() => where('title = ? AND size = ?', 'a', 1)).toThrow(
    'Expected "and", "or" in lower case, or the end. That is at position 10 of the query "title = ? AND size = ?".'
  );
});

test('where(undefined) throws, where() and where(null) select everything', async () => {
  expect(() => where(undefined)).toThrow('takes text or an object');
  expect(await sent(where())).toEqual([['GET objects/thing.json?limit=&skip=&']]);
  expect(await sent(where(null))).toEqual([['GET objects/thing.json?limit=&skip=&']]);
  expect(await sent(where({}))).toEqual([['GET objects/thing.json?limit=&skip=&']]);
});

test('where({ … }) takes fields, ids of relations, and objects for relations', async () => {
  const depot = database.depots.create();
  const [, byObject] = (await sent(where({ title: 'a', depot })))[0] as [string, object];
  expect(byObject).toMatchObject({ expression: '((title = ? and depot_id = ?))', arguments: ['a', depot.id] });

  const [, byId] = (await sent(where({ depot: 'an id' })))[0] as [string, object];
  expect(byId).toMatchObject({ expression: '((depot_id = ?))', arguments: [null] });

  expect(() => where({ nope: 1 })).toThrow('has no field "nope"');
});

test('refinements are joined, and limit(0) means all', async () => {
  const query = where('title = ?', 'a').where('size = ?', 1).where({ amount: 2 });

  expect(await sent(query.orderBy('-title', 'nope').limit(0).skip(3))).toEqual([
    [
      'POST objects/thing/query.json',
      {
        expression: '(((title = ?) and size = ?) and (amount = ?))',
        arguments: ['a', 1, 2],
        limit: null,
        skip: 3,
        sort: ['-title', 'nope']
      }
    ]
  ]);
  expect(await sent(database.things.all().orderBy('-title', 'size').limit(2))).toEqual([
    ['GET objects/thing.json?limit=2&skip=&sort[title]=-1&sort[size]=1']
  ]);
});

test('a date in a query is sent with its milliseconds', async () => {
  const [, body] = (await sent(where('seen_at > ?', new Date(1_500))))[0] as [string, object];

  expect(body).toMatchObject({ arguments: ['1970-01-01T00:00:01.500Z'] });
});

test('first(id) is a GET of the object, and null where the API knows no such object', async () => {
  database.answer({ id: 'abc', title: 'A' });
  expect((await database.things.first('abc'))?.['title']).toBe('A');
  expect(database.takeSent()).toEqual([['GET objects/thing/abc.json']]);

  database.answerWith(() => ({ status: 404, body: '{"type":"OBJECT_NOT_FOUND"}' }));
  expect(await database.things.first('abc')).toBeNull();
  database.answerWith(() => ({ status: 404, body: '{"type":"ROUTE_ERROR"}' }));
  await expect(database.things.first('abc')).rejects.toMatchObject({ status: 404, type: 'ROUTE_ERROR' });
});

test('first(undefined) and first(null) reject with text, and first() is the first of all', async () => {
  await expect(database.things.first(undefined)).rejects.toEqual(expect.stringContaining('takes an id'));
  await expect(database.things.first(null)).rejects.toEqual(expect.stringContaining('takes an id'));
  expect(database.takeSent()).toEqual([]);

  expect(await database.things.first()).toBeNull();
  expect(await database.things.first('title = ?', 'a')).toBeNull();
  expect(await database.things.first({ title: 'a' })).toBeNull();
  expect(database.takeSent()).toMatchObject([
    ['GET objects/thing.json?limit=1&skip=&'],
    ['POST objects/thing/query.json', { expression: '(title = ?)', limit: 1 }],
    ['POST objects/thing/query.json', { expression: '((title = ?))', limit: 1 }]
  ]);
});

test('where all().first("text") is a query, its text is parsed as one', async () => {
  await expect(database.things.all().first('abc')).rejects.toThrow('of the query "abc"');
});

test('include loads what the objects belong to with one request for each relation', async () => {
  const page = { objects: [{ id: 't1', depot_id: 'd1' }, { id: 't2' }], more: false };
  database.answerWith((body) => ({
    body: JSON.stringify(body.includes('id in ?') ? { objects: [{ id: 'd1', name: 'North' }] } : page)
  }));

  const [first, second] = await database.things.all().include('depot').toArray();
  const depot = await (first as unknown as { depot(): Promise<{ name: string } | null> }).depot();
  const none = await (second as unknown as { depot(): Promise<unknown> }).depot();

  expect([depot?.name, none, String(first)]).toEqual(['North', null, ' (North)']);
  expect(database.takeSent()).toMatchObject([
    ['GET objects/thing.json?limit=&skip=&'],
    ['POST objects/depot/query.json', { expression: 'id in ?', arguments: [['d1']] }]
  ]);
  await expect(database.things.all().include('nope').toArray()).rejects.toThrow('"thing.nope" is no relation');
});
