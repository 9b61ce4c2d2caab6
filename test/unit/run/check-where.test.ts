import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

let platform: FakePlatform;

beforeEach(() => (platform = new FakePlatform(userIds(3))));

test.each([
  ['the client', { client: ['depot'], dataModel: undefined }, 'lock'],
  ['datamodel.json', { client: undefined, dataModel: ['depot'] }, 'lock'],
  ['the client', { client: ['depot'], dataModel: undefined }, 'unlock'],
  ['the client', { client: ['depot'], dataModel: undefined }, 'reauthenticate']
])('a relation in "where" that %s describes (%j) is refused: %s', async (_source, relations, action) => {
  platform.relations = relations;

  const report = await runOnFake(platform, { action, where: ['role = ? and (depot = ?)', 'driver', 'd1'] });

  expect(report).toMatchObject({
    status: 'refused',
    stopReason: { code: 'INVALID_PARAMETERS', usersChanged: 'no', nextStep: expect.stringContaining('"depot_id"') }
  });
  expect(platform.selections).toEqual([]);
  expect(platform.batches).toEqual([]);
});

test.each(['depot_id = ?', 'depot_name = ?', 'the_depot = ?'])('%s names no relation "depot"', async (text) => {
  platform.relations = { client: ['depot'], dataModel: undefined };

  expect(await runOnFake(platform, { where: [text, 'd1'] })).toMatchObject({ status: 'done' });
});

test('where nothing describes the data model, a run with "where" warns and goes on', async () => {
  platform.relations = { client: undefined, dataModel: undefined };

  const report = await runOnFake(platform, { where: ['depot = ?', 'd1'] });

  expect(report).toMatchObject({ status: 'done', warnings: [{ code: 'RELATIONS_UNKNOWN' }] });
});

test('without "where" nobody asks for the data model', async () => {
  platform.readRelations = () => Promise.reject(new Error('asked'));
  platform.relations = { client: undefined, dataModel: undefined };

  expect((await runOnFake(platform)).requests.info).toBe(1);
});
