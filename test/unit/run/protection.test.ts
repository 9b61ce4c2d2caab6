import { ERROR_CATALOGUE } from '../../../cloudcode/lock_users/src/error-catalogue';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const protectedWhere = { text: 'role = ?', values: ['administrator'] };

let platform: FakePlatform;
let log: RecordingLog;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  log = new RecordingLog();
});

const sentIds = (): string[] => platform.batches.flat().map((operation) => operation.user_id);

test('whoever matches the rule is protected beside those who are named, and the log counts each once', async () => {
  platform.matches.set('role = ?', [userId(1), userId(2), userId(3)]);

  const report = await runOnFake(platform, {}, { protectedWhere, protectedIds: [userId(3), userId(4)] }, log);

  expect(report).toMatchObject({ status: 'done', counts: { selected: 5, protected: 4, planned: 1, locked: 1 } });
  expect(report.protectedBy).toEqual({ id: 2, rule: 2 });
  expect(sentIds()).toEqual([userId(0)]);
  expect(log.lines).toContain('Protected: 2 users by id, 2 by rule.');
});

test('somebody who is added later is protected as well', async () => {
  platform.matches.set('role = ?', [userId(1)]);
  await runOnFake(platform, { userIds: [userId(1), userId(2)] }, { protectedWhere });
  platform.matches.set('role = ?', [userId(1), userId(0)]);
  platform.newRunId = () => 'run-2';

  await runOnFake(platform, {}, { protectedWhere });

  expect(sentIds().sort()).toEqual([userId(2), userId(3), userId(4)]);
});

test('nobody who matches the rule is signed out', async () => {
  for (const id of platform.ids) platform.changeSession(id, `session-${id}`, {});
  platform.matches.set('role = ?', [userId(1)]);

  const report = await runOnFake(platform, { action: 'reauthenticate' }, { protectedWhere });

  expect(report.counts).toMatchObject({ protected: 1, reauthenticated: 4 });
  expect(platform.singles.join()).not.toContain(userId(1));
});

test('the rule keeps nobody out, and an unlock does not read it', async () => {
  platform.locked.add(userId(1));
  platform.matches.set('role = ?', [userId(1)]);

  const report = await runOnFake(platform, { action: 'unlock' }, { protectedWhere }, log);

  expect(report).toMatchObject({ status: 'done', counts: { protected: 0, unlocked: 1 } });
  expect(report).not.toHaveProperty('protectedBy');
  expect(platform.selections.map(({ where }) => where)).not.toContain(protectedWhere);
  expect(log.lines.join()).not.toMatch(/protected[:.]/);
});

test('a rule that matches nobody refuses the run before anything is sent', async () => {
  platform.matches.set('role = ?', []);

  const report = await runOnFake(platform, {}, { protectedWhere });

  expect(report).toMatchObject({
    status: 'refused',
    stopReason: {
      code: 'NOBODY_PROTECTED',
      usersChanged: 'no',
      nextStep: ERROR_CATALOGUE.NOBODY_PROTECTED.remedy
    }
  });
  expect(platform.batches).toEqual([]);
});

test('a rule that names a relation refuses the run before anybody is selected by it', async () => {
  platform.relations = { client: ['depot'], dataModel: undefined };

  const report = await runOnFake(platform, {}, { protectedWhere: { text: 'depot = ?', values: ['d1'] } });

  expect(report).toMatchObject({
    status: 'refused',
    stopReason: {
      code: 'INVALID_SETTINGS',
      message: expect.stringContaining('LOCK_USERS_PROTECTED_WHERE names the relation "depot"'),
      nextStep: expect.stringContaining('"depot_id"')
    }
  });
  expect([platform.selections, platform.batches]).toEqual([[], []]);
});

test('a rule that cannot be read ends the run before anything is sent, and the reason names it', async () => {
  platform.readUserIds = () =>
    Promise.reject(
      new LockUsersError({
        code: 'DATABASE_READ_FAILED',
        message: 'No such field.',
        nextStep: 'Check "where" against the data model.',
        status: 400
      })
    );

  const report = await runOnFake(platform, {}, { protectedWhere });

  expect(report).toMatchObject({
    status: 'failed',
    stopReason: {
      code: 'DATABASE_READ_FAILED',
      message: expect.stringContaining('LOCK_USERS_PROTECTED_WHERE: No such field.'),
      usersChanged: 'no',
      nextStep: 'Check LOCK_USERS_PROTECTED_WHERE against the data model.'
    }
  });
  expect(platform.batches).toEqual([]);
});

test('where the list of those who match keeps shifting, nothing is sent', async () => {
  const many = userIds(1500);
  let reads = 0;
  platform.matches.set('role = ?', many);
  const read = platform.readUserIds.bind(platform);
  platform.readUserIds = (selection, limit, skip) => {
    // With every reading somebody is gone from the front.
    platform.matches.set('role = ?', many.slice(++reads));
    return read(selection, limit, skip);
  };

  const report = await runOnFake(platform, {}, { protectedWhere });

  expect(report.stopReason).toMatchObject({
    code: 'DATABASE_READ_FAILED',
    message: expect.stringContaining('LOCK_USERS_PROTECTED_WHERE kept shifting')
  });
  expect(platform.batches).toEqual([]);
});

test.each([
  [
    'nothing says who is',
    {},
    'Nobody is protected: neither LOCK_USERS_PROTECTED nor LOCK_USERS_PROTECTED_WHERE is set.'
  ],
  ['nobody of them is selected', { protectedIds: [userId(0)] }, 'Nobody is protected of those who are selected.']
])('the log says aloud that nobody is protected where %s', async (_case, settings, line) => {
  await runOnFake(platform, { userIds: [userId(1)] }, settings, log);

  expect(log.lines).toContain(line);
});

test('without a rule no further request is made, and with one two', async () => {
  const without = await runOnFake(platform);
  platform.newRunId = () => 'run-2';
  platform.locked.clear();
  platform.matches.set('role = ?', [userId(1)]);
  const withRule = await runOnFake(platform, {}, { protectedWhere });

  expect(without.requests.database).toBe(2);
  expect(withRule.requests.database).toBe(4);
});
