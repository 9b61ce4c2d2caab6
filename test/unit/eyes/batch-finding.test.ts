import { recordFailed } from '../../../cloudcode/lock_users/src/platform/record-failed';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { BatchUnlockFixture } from '../../support/BatchUnlockFixture';
import { userId } from '../../support/user-id';

void recordFailed;

test('C: a batch that was refused does not count as one that works, because an unlock from before shows late', async () => {
  const fixture = new BatchUnlockFixture();
  const { platform } = fixture;
  await fixture.lock();
  // The first looks at single users fail, so that nobody is tried with.
  const read = platform.readUserState.bind(platform);
  let looks = 0;
  platform.readUserState = (id) => {
    if (pending.size > 0 && dueAtMs <= platform.clock.now) for (const each of pending) platform.locked.delete(each);
    if (looks++ < 3) return Promise.reject(backendError('BACKEND_REJECTED', 'no', { status: 405 }));
    return read(id);
  };
  // Unlocks of two users get no answer, and are carried out late.
  const pending = new Set<string>();
  let dueAtMs = Infinity;
  platform.answerUnlock = (id) => {
    if (id === userId(5) || id === userId(6)) {
      pending.add(id);
      throw backendError('BACKEND_UNREACHABLE', 'no answer', { network: 'timeout' });
    }
    platform.locked.delete(id);
  };
  platform.answerUnlockBatch = (ids) => {
    dueAtMs = platform.clock.now + 1000;
    return { operations: ids.map(() => ({ success: false, error: { type: 'INVALID_API_REQUEST', detail: 'Unknown method.' } })) };
  };

  const report = await fixture.run({ action: 'unlock' });

  expect(fixture.log.lines.join()).not.toContain('Unlocking in batches works');
  expect([...(platform.records?.runs.values() ?? [])].at(-1)?.batchUnlock).not.toBe('works');
});
