import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let log: RecordingLog;

beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  log = new RecordingLog();
});

/** The users API shows locks only after so many milliseconds. */
function lag(ms: number): void {
  const since = new Map<string, number>();
  const read = platform.readUserStates.bind(platform);
  const late = (user: UserState): UserState => {
    if (user.locked !== true) return user;
    const lockedAtMs = since.get(user.userId) ?? platform.clock.now;
    since.set(user.userId, lockedAtMs);
    return { ...user, locked: platform.clock.now - lockedAtMs >= ms };
  };
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return { ...page, users: page.users.map(late) };
  };
  platform.readUserState = (id) =>
    Promise.resolve(late({ userId: id, locked: platform.locked.has(id), enrolled: false, sessions: [] }));
}

describe('a users API that lags behind', () => {
  test.each([200, 2000, 30_000])('by %i ms is looked at again, and nobody is sent twice', async (ms) => {
    lag(ms);

    const report = await runOnFake(platform, { canary: 0 }, {}, log);

    expect(report).toMatchObject({ status: 'done', verified: true, counts: { locked: 5 }, failures: [] });
    expect(platform.batches).toHaveLength(1);
    expect(log.lines).toContain('5 users are still unlocked. Looking again in 0.3 s.');
  });

  test('for longer than the run waits makes nobody fail', async () => {
    lag(3_600_000);

    const report = await runOnFake(platform, { canary: 0 });

    expect(report).toMatchObject({ status: 'partial', counts: { locked: 0, failed: 0, unconfirmed: 5 } });
    expect(report.stopReason?.usersChanged ?? 'maybe').toBe('maybe');
    expect(platform.batches).toHaveLength(3);
  });

  test('does not make an undo believe that there is nothing left', async () => {
    await runOnFake(platform, { runId: 'evening' });
    const read = platform.readUserStates.bind(platform);
    let looks = 0;
    // Out of date at the first look.
    platform.readUserStates = async (limit, skip) => {
      const page = await read(limit, skip);
      return looks++ === 0 ? { ...page, users: page.users.map((user) => ({ ...user, locked: false })) } : page;
    };

    const report = await runOnFake(platform, { undo: 'evening' });

    expect(report).toMatchObject({ status: 'done', counts: { unlocked: 5 } });
    expect(platform.locked.size).toBe(0);
  });
});

describe('other people’s locks', () => {
  test('a user whom an administrator locks between the look and the batch stays locked by an undo', async () => {
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.locked.add(userId(2));
      const others = answer(operations.filter(({ user_id: id }) => id !== userId(2))) as { operations: object[] };
      others.operations.splice(2, 0, { success: false, error: { type: 'ALREADY_LOCKED', detail: 'd' } });
      return others;
    };

    const evening = await runOnFake(platform, { runId: 'evening' });
    const morning = await runOnFake(platform, { runId: 'morning', undo: 'evening' });

    expect(evening.counts).toMatchObject({ locked: 4, alreadyLocked: 1, planned: 4, failed: 0 });
    expect(morning.counts).toMatchObject({ unlocked: 4 });
    expect([...platform.locked]).toEqual([userId(2)]);
  });

  // Where the platform answers such a lock with success, nothing tells it from the run's own.
  test('where the platform answers such a lock with success the undo unlocks the user', async () => {
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.locked.add(userId(2));
      return answer(operations);
    };

    await runOnFake(platform, { runId: 'evening' });
    await runOnFake(platform, { undo: 'evening' });

    expect(platform.locked.size).toBe(0);
  });
});

test('operations that are throttled inside a 2xx are sent again after a pause, until they are in', async () => {
  let calls = 0;
  platform.answerBatch = (operations) => {
    calls++;
    return {
      operations: operations.map(({ user_id: id }, position) => {
        if (position > 1) return { success: false, status: 429, error: { type: 'TOO_MANY_REQUESTS', detail: 'slow' } };
        platform.locked.add(id);
        return { success: true };
      })
    };
  };

  const report = await runOnFake(platform, { canary: 0 }, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 5 } });
  expect(calls).toBe(3);
  expect(platform.clock.sleeps.filter((ms) => ms >= 900)).toHaveLength(2);
  expect(log.lines).toContain('Batch request 1: 5 sent, 2 locked, 0 failed, 3 throttled, to be sent again.');
});

test('a user whose lock state nobody can tell is sent, and stays unconfirmed', async () => {
  const read = platform.readUserStates.bind(platform);
  const odd = (user: UserState): UserState => (user.userId === userId(2) ? { ...user, locked: null } : user);
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return { ...page, users: page.users.map(odd) };
  };
  const readOne = platform.readUserState.bind(platform);
  platform.readUserState = async (id) => {
    const user = await readOne(id);
    return user && odd(user);
  };

  expect(await runOnFake(platform)).toMatchObject({
    status: 'partial',
    counts: { locked: 4, unconfirmed: 1 },
    failures: [{ userId: userId(2), outcome: 'unconfirmed' }]
  });
});

test.each(['..', '.', 'a/b'])('the id "%s" never gets into an address', async (id) => {
  platform = new FakePlatform([id, userId(1)]);
  platform.locked.add(id).add(userId(1));

  const report = await runOnFake(platform, { action: 'unlock' });

  expect(platform.singles).toEqual([`unlock ${userId(1)}`]);
  expect(report.failures).toMatchObject([{ userId: id, outcome: 'failed', type: 'ODD_ID' }]);
});

test('an unlock whose 2xx answer holds an error is unconfirmed until a look shows it, also without verification', async () => {
  for (const id of userIds(5)) platform.locked.add(id);
  platform.unlockUser = () => Promise.resolve('unclear');

  const report = await runOnFake(platform, { action: 'unlock', verify: false });

  expect(report).toMatchObject({ counts: { unlocked: 0, unconfirmed: 5, failed: 0 } });
  expect(report.failures[0]).toMatchObject({ type: 'ANSWER_UNCLEAR' });
});

test.each([
  [200, 6],
  [10_000, 46]
])('without a record and where all goes well, %i users cost %i requests at most', async (count, most) => {
  platform = new FakePlatform(userIds(count));
  platform.records = undefined;

  const report = await runOnFake(platform, { canary: 0 });

  expect(report).toMatchObject({ status: 'done', verified: true, counts: { locked: count } });
  expect(report.requests.total).toBeLessThanOrEqual(most);
});

test('out of a cache nobody is signed out a second time, and the report says why nothing is known', async () => {
  for (const id of platform.ids) {
    const session = { sessionId: `of-${id}`, state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
    platform.sessions.set(id, [session]);
  }
  const first = await platform.readUserStates(1000, 0);
  platform.readUserStates = () => Promise.resolve({ ...first, isCached: true });
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));

  const report = await runOnFake(platform, { action: 'reauthenticate' });

  expect(report).toMatchObject({
    status: 'partial',
    counts: { reauthenticated: 0, unconfirmed: 5 },
    warnings: [{ code: 'CACHED_READS' }]
  });
  expect(platform.singles).toHaveLength(5);
});

test('a user of whom it is not shown whether they are locked is sent, and a warning says what that means for an undo', async () => {
  const platform = new FakePlatform(userIds(2));
  const first = await platform.readUserStates(1000, 0);
  const users = first.users.map((user, index) => (index === 0 ? { ...user, locked: null } : user));
  const read = platform.readUserStates.bind(platform);
  let looks = 0;
  platform.readUserStates = (limit, skip) => (looks++ === 0 ? Promise.resolve({ ...first, users }) : read(limit, skip));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 2 } });
  expect(report.warnings).toEqual([
    { code: 'MALFORMED_USERS', message: expect.stringContaining('an undo lets them in') }
  ]);
});
