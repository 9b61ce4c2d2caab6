import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

test('where is handed to the database', async () => {
  const platform = new FakePlatform(userIds(3));

  await runOnFake(platform, { where: ['role = ?', 'driver'] });

  expect(platform.selections[0]).toEqual({ where: { text: 'role = ?', values: ['driver'] } });
});

test('userIds alone are taken as named, so that an unknown one fails instead of vanishing', async () => {
  const platform = new FakePlatform(userIds(2));
  const missing = { success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } };
  platform.answerBatch = (operations) => ({
    operations: operations.map(({ user_id: id }) => (id === userId(9) ? missing : { success: true }))
  });
  const log = new RecordingLog();

  const report = await runOnFake(platform, { userIds: [userId(1), userId(9)] }, {}, log);

  expect(platform.selections).toEqual([]);
  expect(report.counts).toMatchObject({ selected: 2, planned: 2, failed: 1, unconfirmed: 1 });
  expect(report.failures.map((failure) => failure.type)).toEqual(['NOT_LOCKED', 'OBJECT_NOT_FOUND']);
  expect(log.lines).toContain(`Warning: 1 id in "userIds" is not of this deployment: ${userId(9)}`);
});

test('where and userIds select those who are in both', async () => {
  const platform = new FakePlatform(userIds(3));

  const report = await runOnFake(platform, { where: ['role = ?', 'driver'], userIds: [userId(2), userId(9)] });

  expect(platform.selections[0]).toEqual({ where: expect.anything(), userIds: [userId(2), userId(9)] });
  expect(report.counts).toMatchObject({ selected: 1, locked: 1 });
});

test('excluded users are left alone', async () => {
  const platform = new FakePlatform(userIds(3));

  const report = await runOnFake(platform, { excludeUserIds: [userId(1)] });

  expect(report.counts).toMatchObject({ selected: 3, excluded: 1, locked: 2 });
  expect(platform.locked.has(userId(1))).toBe(false);
});

test('a protected id that is no user is warned about', async () => {
  const log = new RecordingLog();

  await runOnFake(new FakePlatform(userIds(1)), {}, { protectedIds: [userId(9)] }, log);

  expect(log.lines).toContain(`Warning: 1 id in LOCK_USERS_PROTECTED is not of this deployment: ${userId(9)}`);
});
