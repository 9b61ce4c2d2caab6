import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { BatchUnlockFixture, TRY } from '../../support/BatchUnlockFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { userId, userIds } from '../../support/user-id';

const UNLOCK = { action: 'unlock' };

let fixture: BatchUnlockFixture;
let platform: FakePlatform;
beforeEach(() => {
  fixture = new BatchUnlockFixture();
  ({ platform } = fixture);
});

test('without the variable, users are unlocked one by one', async () => {
  fixture.unlocksInBatches();
  await fixture.lock();

  expect(await fixture.run(UNLOCK, {})).toMatchObject({ status: 'done', counts: { unlocked: 8 } });
  expect(platform.unlockBatches).toEqual([]);
  expect(platform.singles).toHaveLength(8);
});

test.each([['an unlock'], ['an undo']])(
  'where it works for one user, %s sends the others in batches',
  async (which) => {
    fixture.unlocksInBatches();
    const runId = await fixture.lock();

    const report = await (which === 'an undo' ? fixture.undo(runId) : fixture.run(UNLOCK));

    expect(report).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 }, requests: { single: 0 } });
    expect(platform.unlockBatches).toEqual([[userId(0)], userIds(8).slice(1)]);
    expect(fixture.log.lines).toContain('Unlocking in batches works: it was tried with one user.');
  }
);

test('a single user is unlocked as documented, and tries nothing', async () => {
  fixture.unlocksInBatches();
  await fixture.lock();

  expect(await fixture.run({ ...UNLOCK, userIds: [userId(3)] })).toMatchObject({
    status: 'done',
    counts: { unlocked: 1 }
  });
  expect(platform.unlockBatches).toEqual([]);
});

test('a dry run tries nothing', async () => {
  fixture.unlocksInBatches();
  await fixture.lock();

  expect(await fixture.run({ ...UNLOCK, dryRun: true })).toMatchObject({ status: 'planned' });
  expect(platform.unlockBatches).toEqual([]);
});

test.each<[string, () => unknown]>([
  ['refuses the operation', () => ({ operations: [{ success: false, error: { type: 'INVALID_API_REQUEST' } }] })],
  ['refuses the request', BatchUnlockFixture.refuse(400)],
  ['forbids it', BatchUnlockFixture.refuse(403)],
  ['does not know it', BatchUnlockFixture.refuse(404)],
  ['breaks down over it', BatchUnlockFixture.refuse(500)],
  ['answers success and does nothing', () => ({ operations: [{ success: true }] })],
  ['answers something else', () => ({ fine: true })]
])('where the platform %s, users are unlocked one by one, as without the variable', async (_case, answer) => {
  platform.answerUnlockBatch = answer;
  const runId = await fixture.lock();

  expect(await fixture.undo(runId)).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 } });
  expect(platform.locked.size).toBe(0);
  // The same one again where its answer was lost: never by an undo.
  expect(platform.unlockBatches).toEqual([[userId(0)]]);
  expect(platform.singles).toEqual(userIds(8).map((id) => `unlock ${id}`));
  expect(fixture.log.lines.join()).toContain('Unlocking in batches does not work');
});

test('an unlock that shows late counts as one that works', async () => {
  await fixture.lock();
  const shownAtMs = platform.clock.now + 40_000;
  platform.answerUnlockBatch = (ids) => {
    for (const id of ids) pending.add(id);
    return { operations: ids.map(() => ({ success: true })) };
  };
  const pending = new Set<string>();
  const { readUserState } = platform;
  platform.readUserState = (id) => {
    if (platform.clock.now >= shownAtMs) for (const each of pending) platform.locked.delete(each);
    return readUserState.call(platform, id);
  };

  await fixture.run(UNLOCK);

  expect(platform.unlockBatches.map((ids) => ids.length)).toEqual([1, 7]);
});

test('where no user can be looked at, batches are not tried', async () => {
  fixture.unlocksInBatches();
  await fixture.lock();
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'No such route.', { status: 405 }));

  expect(await fixture.run(UNLOCK)).toMatchObject({ status: 'done', counts: { unlocked: 8 } });
  expect(platform.unlockBatches).toEqual([]);
  expect(fixture.log.lines).toContain(
    'Unlocking in batches was not tried: no user could show whether it works. Users are unlocked one by one.'
  );
  expect(platform.clock.sleeps).not.toContain(15_000);
});

// Such a user is shown unlocked afterwards, whatever the batch has done.
test.each([
  ['shown unlocked', false],
  ['not shown locked', null]
])('batches are not tried with a user who is %s just before', async (_how, locked) => {
  const runId = await fixture.lock();
  platform.answerUnlockBatch = (ids) => ({ operations: ids.map(() => ({ success: true })) });
  const read = platform.readUserState.bind(platform);
  platform.readUserState = async (id) => {
    const shown = await read(id);
    if (id !== userId(0) || !platform.locked.delete(id)) return shown;
    return shown && { ...shown, locked };
  };

  expect(await fixture.undo(runId)).toMatchObject({ status: 'done', verified: true, counts: { unlocked: 8 } });
  expect(platform.unlockBatches).toEqual([[userId(1)]]);
  expect([...platform.locked]).toEqual([]);
});

test('where the time is up before a look has shown it, the user does not count as unlocked', async () => {
  platform.answerUnlockBatch = () => ({ operations: [{ success: true }] });
  await fixture.lock();

  const report = await fixture.run(UNLOCK, { ...TRY, budgetMs: 20_000 });

  expect(report).toMatchObject({ status: 'continues', counts: { unlocked: 0, unconfirmed: 1, notAttempted: 7 } });
});

test('batches are not tried with a user whose earlier unlock got no answer, because that one may show late', async () => {
  await fixture.lock();
  const read = platform.readUserState.bind(platform);
  const late = new Set<string>();
  let looks = 0;
  let isBatchSent = false;
  platform.readUserState = (id) => {
    if (isBatchSent) for (const each of late) platform.locked.delete(each);
    // Nobody can be tried with at first.
    if (looks++ < 3) return Promise.reject(backendError('BACKEND_REJECTED', 'no', { status: 405 }));
    return read(id);
  };
  platform.answerUnlock = (id) => {
    if (id !== userId(5) && id !== userId(6)) {
      platform.locked.delete(id);
      return;
    }
    late.add(id);
    throw backendError('BACKEND_UNREACHABLE', 'no answer', { network: 'timeout' });
  };
  platform.answerUnlockBatch = (ids) => {
    isBatchSent = true;
    const error = { type: 'INVALID_API_REQUEST', detail: 'Unknown method.' };
    return { operations: ids.map(() => ({ success: false, error })) };
  };

  await fixture.run(UNLOCK);

  expect(platform.unlockBatches).toEqual([]);
  expect([...(platform.records?.runs.values() ?? [])].at(-1)?.batchUnlock).not.toBe('works');
});
