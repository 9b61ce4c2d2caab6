import { CanaryFixture } from '../../support/CanaryFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId } from '../../support/user-id';

let fixture: CanaryFixture;
let platform: FakePlatform;

function start(users?: number): void {
  fixture = new CanaryFixture(users);
  ({ platform } = fixture);
}
beforeEach(() => start());

const ids = (...users: number[]): string[] => users.map(userId);

test('three users are sent first, looked at, and then the others: without a pause', async () => {
  const report = await runOnFake(platform, {}, {}, fixture.log);

  expect(fixture.sent).toEqual([ids(0, 1, 2), ids(3, 4, 5, 6, 7, 8, 9)]);
  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    counts: { planned: 10, locked: 10 },
    canary: { result: 'passed', count: 3, users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'locked' })) }
  });
  expect(report.warnings).toBeUndefined();
  expect(platform.clock.sleeps).toEqual([]);
  expect([...fixture.records.runs.values()]).toMatchObject([{ status: 'done', canary: 'passed' }]);
  expect([...fixture.records.batches.values()].map(({ userIds: users }) => users)).toEqual(
    fixture.sent.map((users) => JSON.stringify(users))
  );
  expect(fixture.log.lines.filter((line) => line.startsWith('Canary'))).toEqual([
    'Canary: 3 users are sent before all others.',
    'Canary: 3 of 3 users shown locked, no session turned RESET. The others follow.'
  ]);
});

test('users with a session in the app are sent first', async () => {
  fixture.signIn(4, 8);

  await runOnFake(platform, { canary: 3 });

  expect(fixture.sent[0]).toEqual(ids(4, 8, 0));
});

test('test users are sent before them, and those that are not planned are not used, which the log says', async () => {
  fixture.signIn(4);
  platform.locked.add(userId(6));
  platform.pageSize = 3;

  await runOnFake(platform, { canary: 2 }, { canaryIds: ids(9, 6) }, fixture.log);

  expect(fixture.sent[0]).toEqual(ids(9, 4));
  expect(fixture.log.lines).toContain(`Canary: 1 user of LOCK_USERS_CANARY is not planned, and not used: ${userId(6)}`);
});

test.each([
  ['canary: 0', 10, { canary: 0 }],
  ['a plan of no more users than the canary', 3, {}],
  ['an unlock', 10, { action: 'unlock' }],
  ['a dry run', 10, { dryRun: true }]
])('%s sends nobody first', async (_name, count, params) => {
  start(count);

  const report = await runOnFake(platform, params, {}, fixture.log);

  expect(platform.batches.length).toBeLessThan(2);
  expect(report.canary).toBeUndefined();
  expect(fixture.log.lines.join('\n')).not.toContain('Canary');
});

test('a run that is refused for its size sends nobody first', async () => {
  const report = await runOnFake(platform, { maxUsers: 9 });

  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'TOO_MANY_USERS' } });
  expect(platform.batches).toEqual([]);
});

test('users are read on while the canary is sent and looked at', async () => {
  start(40);
  platform.pageSize = 10;
  let look: () => void = () => undefined;
  const looked = new Promise<void>((resolve) => (look = resolve));
  let readAll: () => void = () => undefined;
  const isRead = new Promise<void>((resolve) => (readAll = resolve));
  const list = platform.readUserIds.bind(platform);
  platform.readUserIds = async (selection, limit, skip) => {
    // The others come when the canary is looked at, and its look ends when they are all there.
    if (skip > 0) await looked;
    const page = await list(selection, limit, skip);
    if (page.userIds.length < 2) readAll();
    return page;
  };
  const one = platform.readUserState.bind(platform);
  platform.readUserState = async (id) => {
    look();
    await isRead;
    return one(id);
  };

  expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test.each([
  [1000, 'in one page of the list', 3],
  [1001, 'one by one', 7]
])('of %i users the first ones are looked at %s', async (users, _how, requests) => {
  start(users);

  const report = await runOnFake(platform, {});

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, requests: { users: requests } });
});

test('whom the list does not show locked yet is asked for by themselves', async () => {
  const list = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await list(limit, skip);
    const isLate = platform.batches.length === 1;
    return { ...page, users: page.users.map((user) => ({ ...user, locked: !isLate && user.locked })) };
  };

  const report = await runOnFake(platform, {});

  // The list three times, and three users by themselves.
  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, requests: { users: 6 } });
});
