import { startBackend } from '../../../tasks/local/backend/start-backend';
import { connectDatabase } from '../../../tasks/local/runtime/db/connect-database';
import { StubDatabase } from '../../support/StubDatabase';

// Habits of the vendor's client that a task has to live with, as observed; a kinder client would hide them.

test('a limit above 1000 gives objects twice and leaves others out', async () => {
  const backend = await startBackend();
  backend.seed({ users: 2300 });
  const DB = await connectDatabase(backend);

  const ids = (await DB['user']?.all().orderBy('id').limit(1500).toArray())?.map(({ id }) => id) ?? [];
  await backend.close();

  expect([ids.length, new Set(ids).size]).toEqual([1500, 1000]);
});

test('a text with a relation and an id selects the wrong users', async () => {
  const backend = await startBackend();
  const DB = await connectDatabase(backend);
  const [{ user: users, depot: depots }, batch] = [DB, new DB.Batch()];
  if (users === undefined || depots === undefined) throw new Error('A model is missing.');
  const depot = depots.create({ name: 'North' });
  for (const [index, name] of ['Ann', 'Bob', 'Cy', 'Di', 'Ed'].entries()) {
    batch.save(users.create({ name, ...(index < 2 && { depot }) }));
  }
  await batch.execute();

  const names = async (text: string): Promise<unknown[]> =>
    (await users.where(text, depot.id).orderBy('name').toArray()).map((user) => user['name']);
  const found = [await names('depot = ?'), await names('depot != ?'), await names('depot_id = ?')];
  await backend.close();

  expect(found).toEqual([
    ['Cy', 'Di', 'Ed'],
    ['Ann', 'Bob'],
    ['Ann', 'Bob']
  ]);
});

describe('on a server that answers what the test says', () => {
  let database: StubDatabase;
  beforeEach(async () => {
    database = await StubDatabase.start();
  });
  afterEach(() => database.stop());

  test('pages follow each other by the number of objects that came', async () => {
    database.answerWith((_, count) => ({
      body: JSON.stringify({ objects: [{ id: `a${count}` }, { id: `b${count}` }], more: count < 3 })
    }));

    const objects = await database.things.where('size > ?', 1).skip(1).toArray();

    expect(objects.map(({ id }) => id)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    expect(database.takeSent()).toMatchObject([
      [expect.anything(), { limit: null, skip: 1 }],
      [expect.anything(), { limit: 2, skip: 3 }],
      [expect.anything(), { limit: 2, skip: 5 }]
    ]);
  });

  test('an empty page that promises more is asked for again', async () => {
    database.answerWith((_, count) => ({ body: JSON.stringify({ objects: [], more: count < 4 }) }));

    expect(await database.things.where('size > ?', 1).limit(1000).toArray()).toEqual([]);

    expect(database.takeSent().map(([, body]) => body)).toMatchObject([
      { limit: 1000, skip: null },
      { limit: null, skip: null },
      { limit: null, skip: null },
      { limit: null, skip: null }
    ]);
  });

  test('a 2xx without a list counts as no objects', async () => {
    database.answer({ type: 'INTERNAL_SERVER_ERROR', detail: 'Oops!' });

    expect(await database.things.all().toArray()).toEqual([]);
  });

  test.each([
    [429, [1000], 2],
    [500, [50], 2],
    [598, [50], 2],
    [599, [], 1],
    [422, [], 1]
  ])('an answer with %i is followed by waits of %j ms and %i requests in all', async (status, waits, requests) => {
    database.answerWith(() => ({ status, body: '{"type":"T"}' }));

    await expect(database.things.all().toArray()).rejects.toMatchObject({ status, type: 'T', body: '{"type":"T"}' });

    expect([database.waits, database.takeSent().length]).toEqual([waits, requests]);
  });

  test('a dropped connection is tried once more, and then fails as node-fetch says', async () => {
    database.answerWith(() => (response) => response.destroy());

    await expect(database.things.all().toArray()).rejects.toMatchObject({ type: 'system', code: 'ECONNRESET' });

    expect([database.waits, database.takeSent().length]).toEqual([[0], 2]);
  });

  test('the error of a request has the whole body in its message, and properties that do not show', async () => {
    const body = '<html>\nBad gateway\n</html>';
    database.answerWith(() => ({ status: 418, body }));

    const error: unknown = await database.things
      .all()
      .toArray()
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain(body);
    expect(JSON.stringify(error)).toBe('{}');
  });
});
