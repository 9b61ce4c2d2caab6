import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

test.each([
  ['a dry run', { dryRun: true }, {}],
  ['a run that is refused', {}, { maxUsers: 2 }],
  ['a run that is refused by its own limit', { maxUsers: 2 }, {}]
])('B: %s does not say that somebody was sent', async (_n, params, settings) => {
  const platform = new FakePlatform(userIds(5));
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return { ...page, users: page.users.filter((user) => user.userId !== userId(3)) };
  };
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));
  const report = await runOnFake(platform, params, settings as object);
  expect(platform.batches).toEqual([]);
  expect(JSON.stringify(report.warnings ?? [])).not.toContain('sent all the same');
});
