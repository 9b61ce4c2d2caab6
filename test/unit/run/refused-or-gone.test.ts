import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const ALL = userIds(5);

/** Everybody of a platform is shown as before for so many milliseconds, whatever happens. */
async function showLate(platform: FakePlatform, lateMs: number): Promise<void> {
  const before = await platform.readUserStates(1000, 0);
  const sinceMs = platform.clock.now;
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = (limit, skip) =>
    platform.clock.now - sinceMs < lateMs ? Promise.resolve(before) : read(limit, skip);
}

test('150 users whom the list does not show are asked for by id before an undo takes them for gone', async () => {
  const platform = new FakePlatform(userIds(150));
  platform.records = new MemoryRecordStore();
  await runOnFake(platform, { runId: 'evening' });
  platform.readUserStates = () => Promise.resolve({ users: [], malformed: 0, more: false, isCached: false });

  await runOnFake(platform, { undo: 'evening' });

  expect(platform.locked.size).toBe(0);
});

test('users who cannot be asked for by id are unconfirmed in an undo, not gone', async () => {
  const platform = new FakePlatform(userIds(150));
  platform.records = new MemoryRecordStore();
  await runOnFake(platform, { runId: 'evening' });
  platform.readUserStates = () => Promise.resolve({ users: [], malformed: 0, more: false, isCached: false });
  platform.readUserState = () => Promise.reject(backendError('BACKEND_PROTOCOL', 'GET users/<id> failed.'));

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'partial', counts: { notShown: 0, unconfirmed: 150 } });
});

test('an unlock that may have been carried out is not called failed because the next answer knows no such user', async () => {
  const platform = new FakePlatform(ALL);
  for (const id of ALL) platform.locked.add(id);
  await showLate(platform, Infinity);
  let requests = 0;
  platform.unlockUser = (id) => {
    platform.locked.delete(id);
    if (requests++ < ALL.length) return Promise.resolve('unclear');
    return Promise.reject(classifyResponse('POST', 404, { type: 'OBJECT_NOT_FOUND', detail: 'd' }, undefined, 'user'));
  };

  const report = await runOnFake(platform, { action: 'unlock' });

  expect(report.counts).toMatchObject({ failed: 0, unconfirmed: 5 });
});

test('a user who is refused because somebody else was faster counts as unlocked already, once that is shown', async () => {
  const platform = new FakePlatform(ALL);
  platform.locked.add(userId(0));
  await showLate(platform, 2000);
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    throw classifyResponse('POST', 422, { type: 'NOT_LOCKED', detail: 'd' }, undefined, 'user');
  };

  const report = await runOnFake(platform, { action: 'unlock', userIds: [userId(0)] });

  expect(report).toMatchObject({ status: 'done', counts: { failed: 0, alreadyUnlocked: 1 } });
  expect(platform.singles).toHaveLength(1);
});

test('a user of whom the platform said that they do not exist is not claimed, nor unlocked by an undo', async () => {
  const platform = new FakePlatform(ALL);
  platform.records = new MemoryRecordStore();
  platform.answerBatch = (operations) => {
    platform.locked.add(userId(2));
    return { operations: operations.map(() => ({ success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'd' } })) };
  };

  const report = await runOnFake(platform, { runId: 'evening', userIds: [userId(2)] });
  await runOnFake(platform, { undo: 'evening' });

  expect(report.counts).toMatchObject({ locked: 0, alreadyLocked: 1 });
  expect([...platform.locked]).toEqual([userId(2)]);
});
