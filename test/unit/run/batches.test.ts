import { FakePlatform } from '../../support/fake-ports';
import { BACKEND_ID, runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

test('a run without parameters locks everybody who is not locked or protected', async () => {
  const platform = new FakePlatform(userIds(5));
  platform.locked.add(userId(4));

  const report = await runOnFake(platform, {}, { protectedIds: [userId(0)] });

  expect(platform.batches).toEqual([[1, 2, 3].map((n) => ({ method: 'users/lock', user_id: userId(n), wipe: false }))]);
  expect(report).toMatchObject({
    status: 'done',
    dryRun: false,
    deployment: { label: 'Fake', environment: 'testing', backendId: BACKEND_ID },
    counts: {
      selected: 5,
      protected: 1,
      excluded: 0,
      alreadyLocked: 1,
      planned: 3,
      locked: 3,
      failed: 0,
      unconfirmed: 0,
      notAttempted: 0
    },
    requests: { info: 1, database: 2, users: 2, batch: 1, record: 5, total: 11 }
  });
});

test.each([
  [0, []],
  [1, [1]],
  [999, [999]],
  [1000, [1000]],
  [1001, [1000, 1]],
  [2500, [1000, 1000, 500]]
])('%i users go in batches of %j', async (count, sizes) => {
  const platform = new FakePlatform(userIds(count));

  const report = await runOnFake(platform, { canary: 0 });

  expect(platform.batches.map((batch) => batch.length)).toEqual(sizes);
  expect(report).toMatchObject({ status: count === 0 ? 'refused' : 'done', counts: { locked: count } });
});

test('batchSize sets the size of the batches', async () => {
  const platform = new FakePlatform(userIds(5));

  await runOnFake(platform, { canary: 0, batchSize: 2 });

  expect(platform.batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
});

test('small pages and rows that come twice lose nobody and lock nobody twice', async () => {
  const platform = new FakePlatform([...userIds(7), userId(2)]);
  platform.pageSize = 2;

  const report = await runOnFake(platform);

  expect(platform.batches.flat().map((operation) => operation.user_id)).toEqual(userIds(7));
  expect(report.counts).toMatchObject({ selected: 7, locked: 7 });
});

test('a database that repeats its page for ever ends the run with an error', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserIds = () => Promise.resolve({ userIds: userIds(3), malformed: 0 });

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'DATABASE_READ_FAILED', usersChanged: 'no' } });
});

test('a users list that promises more and returns none ends the run with an error', async () => {
  const platform = new FakePlatform(userIds(3));
  platform.readUserStates = () => Promise.resolve({ users: [], malformed: 0, isCached: false, more: true });

  expect(await runOnFake(platform)).toMatchObject({ status: 'failed', stopReason: { code: 'BACKEND_PROTOCOL' } });
});
