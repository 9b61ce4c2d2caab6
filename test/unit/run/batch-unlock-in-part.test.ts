import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { BatchUnlockFixture } from '../../support/BatchUnlockFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { userId } from '../../support/user-id';

const UNLOCK = { action: 'unlock' };

let fixture: BatchUnlockFixture;
let platform: FakePlatform;
beforeEach(() => {
  fixture = new BatchUnlockFixture();
  ({ platform } = fixture);
});

test.each([
  ['is cut off', 'connection'],
  ['takes too long', 'timeout']
] as const)('an undo whose batch %s looks at each user before an unlock is sent', async (_case, network) => {
  const runId = await fixture.lock();
  fixture.unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => {
    if (ids.length === 1) return unlock(ids);
    // Half of it is carried out; then somebody else locks one of those again, which a session shows.
    unlock(ids.slice(0, 4));
    platform.locked.add(userId(2));
    platform.changeSession(userId(2), 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now });
    throw backendError('BACKEND_UNREACHABLE', 'The connection was reset.', { network });
  };

  const report = await fixture.undo(runId);

  expect([...platform.locked]).toEqual([userId(2)]);
  expect(platform.singles).toEqual([5, 6, 7].map((n) => `unlock ${userId(n)}`));
  expect(platform.unlockBatches).toHaveLength(2);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { unlocked: 7, unconfirmed: 1 },
    failures: [{ userId: userId(2), type: 'LOCKED_AGAIN' }]
  });
});

test('an undo does not send a user again whom a batch is said to have unlocked, and who is locked', async () => {
  const runId = await fixture.lock();
  fixture.unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => {
    const answer = unlock(ids);
    if (ids.length > 1) platform.locked.add(userId(4));
    return answer;
  };

  const report = await fixture.undo(runId);

  expect(report).toMatchObject({ status: 'partial', failures: [{ userId: userId(4), type: 'NOT_UNLOCKED' }] });
  expect(platform.singles).toEqual([]);
});

test('whoever a batch leaves locked is unlocked one by one by an unlock that is about everybody', async () => {
  await fixture.lock();
  platform.answerUnlockBatch = (ids) => {
    // Only the first batch does anything.
    if (ids.length === 1) platform.locked.delete(ids[0] ?? '');
    return { operations: ids.map(() => ({ success: true })) };
  };

  expect(await fixture.run(UNLOCK)).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 } });
  expect(platform.singles).toHaveLength(7);
});

test('a batch that is refused for one user is halved, and the others are unlocked', async () => {
  await fixture.lock();
  fixture.unlocksInBatches();
  const unlock = platform.answerUnlockBatch;
  platform.answerUnlockBatch = (ids) => (ids.includes(userId(5)) ? BatchUnlockFixture.refuse(422)() : unlock(ids));

  const report = await fixture.run(UNLOCK);

  expect(report).toMatchObject({ status: 'partial', counts: { unlocked: 7, failed: 1 } });
  expect([...platform.locked]).toEqual([userId(5)]);
});
