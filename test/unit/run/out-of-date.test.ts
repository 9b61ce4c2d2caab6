import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const ALL = userIds(5);

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(ALL);
  platform.records = new MemoryRecordStore();
});

/** What `change` makes of some users is shown at the first look from now on, and the truth later. */
function showFirst(ids: readonly string[], change: Partial<UserState>): void {
  const read = platform.readUserStates.bind(platform);
  let looks = 0;
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    if (looks++ > 0) return page;
    return { ...page, users: page.users.map((user) => (ids.includes(user.userId) ? { ...user, ...change } : user)) };
  };
}

/** The users API shows that somebody is locked so many milliseconds after it was first asked. */
function showLocksLate(lateMs: number): void {
  const firstAskedMs = new Map<string, number>();
  const show = (user: UserState): UserState => {
    if (user.locked !== true) return user;
    const askedMs = firstAskedMs.get(user.userId) ?? platform.clock.now;
    firstAskedMs.set(user.userId, askedMs);
    return { ...user, locked: platform.clock.now - askedMs >= lateMs };
  };
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return { ...page, users: page.users.map(show) };
  };
}

test('a user whom only the first look showed locked is locked', async () => {
  showFirst([userId(2)], { locked: true });

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', verified: true, counts: { alreadyLocked: 0, locked: 5 } });
  expect(platform.locked.size).toBe(5);
});

test('a user who is shown twice, first locked and then unlocked, is locked', async () => {
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return { ...page, users: [...page.users.slice(0, 1).map((user) => ({ ...user, locked: true })), ...page.users] };
  };

  await runOnFake(platform);

  expect(platform.locked.size).toBe(5);
});

test('a user whom only the first look showed signed out is signed out', async () => {
  for (const id of ALL) {
    platform.sessions.set(id, [{ sessionId: 's', state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null }]);
  }
  showFirst([userId(1)], { enrolled: false, sessions: [] });

  const report = await runOnFake(platform, { action: 'reauthenticate' });

  expect(platform.singles).toHaveLength(5);
  expect(report).toMatchObject({ status: 'done', verified: true, counts: { alreadySignedOut: 0, reauthenticated: 5 } });
});

test('an undo lets everybody in whom only its first look showed unlocked', async () => {
  await runOnFake(platform, { runId: 'evening' });
  showFirst([userId(2)], { locked: false });

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(platform.locked.size).toBe(0);
  expect(undo).toMatchObject({ status: 'done', verified: true, counts: { alreadyUnlocked: 0, unlocked: 5 } });
});

test('an undo that comes before the users API shows the locks waits until it does', async () => {
  showLocksLate(30_000);
  await runOnFake(platform, { runId: 'evening', verify: false });

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 5 } });
  expect(platform.locked.size).toBe(0);
});

test('an undo of a run that has long ended looks once more and does not wait', async () => {
  await runOnFake(platform, { runId: 'evening' });
  platform.locked.clear();
  platform.clock.now += 60_000;
  const beganAtMs = platform.clock.now;

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'done', verified: true, stopReason: { code: 'ALREADY_UNDONE' } });
  expect(platform.clock.now - beganAtMs).toBeLessThan(2000);
});

test('whom only the second look shows unlocked counts for "maxUsers"', async () => {
  showFirst(ALL, { locked: true });

  const report = await runOnFake(platform, { maxUsers: 2 });

  expect(report).toMatchObject({
    status: 'refused',
    verified: false,
    counts: { planned: 5, notAttempted: 5 },
    stopReason: { code: 'TOO_MANY_USERS', usersChanged: 'no' }
  });
  expect(platform.locked.size).toBe(0);
});

test('whom only the look after the sending shows unlocked counts for "maxUsers" as well', async () => {
  showFirst([userId(2)], { locked: true });

  const report = await runOnFake(platform, { maxUsers: 4 });

  expect(report).toMatchObject({
    status: 'partial',
    verified: false,
    counts: { planned: 5, locked: 4, notAttempted: 1 },
    stopReason: { code: 'TOO_MANY_USERS', usersChanged: 'yes' }
  });
  expect(platform.locked.size).toBe(4);
});

test('what comes out of a cache neither verifies a run nor says that an undo has nothing to do', async () => {
  await runOnFake(platform, { runId: 'evening' });
  const page = await platform.readUserStates(1000, 0);
  const show = (locked: boolean): void => {
    const users = page.users.map((user) => ({ ...user, locked }));
    platform.readUserStates = () => Promise.resolve({ ...page, isCached: true, users });
  };

  show(true);
  expect(await runOnFake(platform)).toMatchObject({ verified: false, counts: { alreadyLocked: 5 } });
  show(false);
  const undo = await runOnFake(platform, { undo: 'evening' });
  expect(undo.verified).toBe(false);
  expect(undo.stopReason).toBeUndefined();
});
