import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const stayOutWhere = { text: 'active = ?', values: [false] };

let platform: FakePlatform;
let log: RecordingLog;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  log = new RecordingLog();
  platform.matches.set('active = ?', [userId(1), userId(2)]);
});

const lockedIds = (): string[] => [...platform.locked].sort();

async function lockAll(): Promise<void> {
  await runOnFake(platform);
  platform.newRunId = () => 'run-2';
}

const named = (...ids: string[]): object => ({
  count: ids.length,
  users: ids.map((id) => ({ userId: id, type: 'STAYS_OUT' }))
});

test.each([
  ['an undo', { undo: 'run-1' }],
  ['an unlock', { action: 'unlock' }],
  ['an unlock by name', { action: 'unlock', userIds: userIds(5) }]
])('%s leaves whoever matches the rule locked, and names them', async (_name, params) => {
  await lockAll();

  const report = await runOnFake(platform, params, { stayOutWhere }, log);

  expect(report).toMatchObject({
    status: 'done',
    counts: { selected: 5, excluded: 2, planned: 3, unlocked: 3 },
    stillLocked: named(userId(1), userId(2))
  });
  expect(lockedIds()).toEqual([userId(1), userId(2)]);
  expect(log.lines).toContain('Staying out by LOCK_USERS_STAY_OUT_WHERE: 2 users, counted as excluded.');
  expect(log.lines).toContainEqual(expect.stringMatching(`^stays locked: ${userId(1)}: STAYS_OUT: `));
});

test('who does not match any more is let in by the next undo', async () => {
  await lockAll();
  await runOnFake(platform, { undo: 'run-1' }, { stayOutWhere });
  platform.matches.set('active = ?', [userId(2)]);
  platform.newRunId = () => 'run-3';

  const report = await runOnFake(platform, { undo: 'run-1' }, { stayOutWhere });

  expect(report).toMatchObject({ status: 'done', counts: { unlocked: 1 }, stillLocked: named(userId(2)) });
  expect(lockedIds()).toEqual([userId(2)]);
});

test('an unlock does not send a user who matches, even where the users API does not list them', async () => {
  await lockAll();
  platform.readUserStates = () => Promise.resolve({ users: [], malformed: 0, isCached: false, more: false });

  await runOnFake(platform, { action: 'unlock' }, { stayOutWhere });

  expect(platform.singles).toContain(`unlock ${userId(3)}`);
  expect(platform.singles.join()).not.toMatch(new RegExp(`${userId(1)}|${userId(2)}`));
});

test('who matches and is unlocked already is not said to stay locked', async () => {
  await lockAll();
  platform.locked.delete(userId(1));

  const report = await runOnFake(platform, { action: 'unlock' }, { stayOutWhere });

  expect(report).toMatchObject({ counts: { excluded: 2, unlocked: 3 }, stillLocked: named(userId(2)) });
});

test('a lock does not read the rule, and locks whoever matches', async () => {
  const report = await runOnFake(platform, {}, { stayOutWhere });

  expect(report).toMatchObject({ counts: { locked: 5 }, requests: { database: 2 } });
});

test('a rule that matches nobody is a warning, and people come back', async () => {
  await lockAll();
  platform.matches.set('active = ?', []);

  const report = await runOnFake(platform, { undo: 'run-1' }, { stayOutWhere });

  expect(report).toMatchObject({
    status: 'done',
    counts: { unlocked: 5 },
    warnings: [{ code: 'NOBODY_STAYS_OUT', message: expect.stringContaining('LOCK_USERS_STAY_OUT_WHERE') }]
  });
});

test('a rule that names a relation refuses an undo, which is then not marked as done', async () => {
  await lockAll();
  platform.relations = { client: ['depot'], dataModel: undefined };

  const report = await runOnFake(platform, { undo: 'run-1' }, { stayOutWhere: { text: 'depot = ?', values: ['d'] } });

  expect(report).toMatchObject({
    status: 'refused',
    stopReason: { code: 'INVALID_SETTINGS', message: expect.stringContaining('LOCK_USERS_STAY_OUT_WHERE names') }
  });
  expect(platform.singles).toEqual([]);
  expect([...(platform.records?.runs.values() ?? [])].find(({ runId }) => runId === 'run-1')?.undoneBy).toBeNull();
});

test('without a rule no unlock makes a further request', async () => {
  await lockAll();

  expect((await runOnFake(platform, { action: 'unlock' })).requests.database).toBe(2);
});
