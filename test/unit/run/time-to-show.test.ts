import { READ_LAG_MS } from '../../../cloudcode/lock_users/src/platform-facts';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => (platform = new FakePlatform(userIds(4))));

const slept = (): number => platform.clock.sleeps.reduce((sum, ms) => sum + ms, 0);

test('an undo that follows another one at once does not wait for locks to show', async () => {
  await runOnFake(platform, { runId: 'evening' });
  await runOnFake(platform, { undo: 'evening' });
  const before = slept();

  const again = await runOnFake(platform, { undo: 'evening', runId: 'once-more' });

  expect(again).toMatchObject({ status: 'done', stopReason: { code: 'ALREADY_UNDONE' } });
  expect(slept() - before).toBeLessThan(5000);
});

describe('a run that signs out, and whose first invocation is cut after it has sent everybody', () => {
  const singles = (): number => platform.singles.length;

  beforeEach(() => {
    for (const id of platform.ids) {
      const session = { sessionId: `of-${id}`, state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
      platform.sessions.set(id, [session]);
    }
  });

  /** The users API goes on to show the sessions as they were, and each sign-out takes a while. */
  async function signOut(budgetMs: number, isCached = false): Promise<void> {
    const shown = { ...(await platform.readUserStates(1000, 0)), isCached };
    platform.readUserStates = () => Promise.resolve(shown);
    platform.readUserState = () => Promise.resolve(undefined);
    platform.answerReauthenticate = () => void (platform.clock.now += 1000);
    const first = await runOnFake(platform, { action: 'reauthenticate', concurrency: 1 }, { budgetMs });
    expect(first.status).toBe('continues');
    expect(singles()).toBe(4);
  }

  test('signs nobody out twice before the users API must show it, and orders its next invocation for then', async () => {
    await signOut(5000);

    const second = await runOnFake(platform, platform.scheduled[0]?.parameters, { budgetMs: 5000 });

    expect(second.counts).toMatchObject({ planned: 4, reauthenticated: 0, unconfirmed: 4 });
    expect(singles()).toBe(4);
    expect(platform.scheduled[1]?.afterMs).toBe(READ_LAG_MS);
  });

  test('signs out again at once whom the users API must show by then', async () => {
    await signOut(5000);
    platform.clock.now += READ_LAG_MS;

    await runOnFake(platform, platform.scheduled[0]?.parameters, { budgetMs: 5000 });

    expect(singles()).toBe(8);
  });

  test('signs nobody out twice, however late, where what is shown comes out of a cache', async () => {
    await signOut(5000, true);
    platform.clock.now += READ_LAG_MS;

    const second = await runOnFake(platform, platform.scheduled[0]?.parameters, { budgetMs: 5000 });

    expect(second.counts).toMatchObject({ planned: 4, reauthenticated: 0, unconfirmed: 4 });
    expect(singles()).toBe(4);
  });
});

test.each([
  ['with a record', true],
  ['without a record', false]
])(
  'where our clock is a day behind, a first invocation %s signs out who has signed in today',
  async (_name, isRecorded) => {
    if (!isRecorded) platform.records = undefined;
    const authenticatedAtMs = platform.clock.now + 36_000_000;
    platform.sessions.set(userId(0), [{ sessionId: 's', state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs }]);

    const report = await runOnFake(platform, { action: 'reauthenticate', userIds: [userId(0)] });

    expect(platform.singles).toHaveLength(1);
    expect(report.counts).toMatchObject({ planned: 1 });
  }
);

test('without a record, a later invocation signs nobody out on what a cache shows', async () => {
  platform.records = undefined;
  const session = { state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
  for (const id of platform.ids) platform.sessions.set(id, [{ ...session, sessionId: `of-${id}` }]);
  const shown = { ...(await platform.readUserStates(1000, 0)), isCached: true };
  platform.readUserStates = () => Promise.resolve(shown);
  platform.answerReauthenticate = () => void (platform.clock.now += 1000);
  const first = await runOnFake(platform, { action: 'reauthenticate', concurrency: 1 }, { budgetMs: 2500 });
  expect(first.status).toBe('continues');
  const { length } = platform.singles;

  // Long enough for a second look.
  const second = await runOnFake(platform, platform.scheduled[0]?.parameters, { budgetMs: 20_000 });

  expect(platform.singles).toHaveLength(length);
  expect(second.counts).toMatchObject({ failed: 0, unconfirmed: 4 });
  expect(second.failures.map(({ type }) => type)).toEqual(Array(4).fill('CACHED'));
});

test('who is not shown is not signed out again by a run that has signed them out', async () => {
  const session = { sessionId: 's', state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
  platform.sessions.set(userId(0), [session]);
  const read = platform.readUserStates.bind(platform);
  let looks = 0;
  platform.readUserStates = async (limit, skip) =>
    looks++ === 0 ? read(limit, skip) : { users: [], malformed: 0, isCached: false, more: false };
  platform.readUserState = () => Promise.resolve(undefined);

  const report = await runOnFake(platform, { action: 'reauthenticate', userIds: [userId(0)] });

  expect(report.counts).toMatchObject({ failed: 0, unconfirmed: 1 });
  expect(platform.singles).toHaveLength(1);
});
