import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  for (const id of userIds(4)) platform.locked.add(id);
});

const UNLOCK = { action: 'unlock' };

test('unlocking reaches every locked user with a request each, and none who is unlocked', async () => {
  const report = await runOnFake(platform, UNLOCK);

  expect(report).toMatchObject({ action: 'unlock', status: 'done', verified: true, requests: { single: 4, batch: 0 } });
  expect(report.counts).toEqual({
    selected: 5,
    protected: 0,
    excluded: 0,
    alreadyUnlocked: 1,
    planned: 4,
    unlocked: 4,
    failed: 0,
    unconfirmed: 0,
    notAttempted: 0
  });
  expect(platform.singles.sort()).toEqual([0, 1, 2, 3].map((n) => `unlock ${userId(n)}`));
  expect(platform.locked.size).toBe(0);
});

test('protection is against being put out, so a protected user is unlocked; an excluded one is not', async () => {
  const report = await runOnFake(platform, { ...UNLOCK, excludeUserIds: [userId(1)] }, { protectedIds: [userId(0)] });

  expect(report.counts).toMatchObject({ protected: 0, excluded: 1, unlocked: 3 });
  expect([...platform.locked]).toEqual([userId(1)]);
});

test('a dry run, and a deployment that is not armed, unlock nobody', async () => {
  expect(await runOnFake(platform, { ...UNLOCK, dryRun: true })).toMatchObject({
    status: 'planned',
    counts: { planned: 4 }
  });
  expect(await runOnFake(platform, UNLOCK, { armed: false })).toMatchObject({
    status: 'planned',
    stopReason: { code: 'NOT_ARMED' }
  });
  expect(platform.singles).toEqual([]);
});

test('more users than allowed are refused before anything is sent', async () => {
  const report = await runOnFake(platform, { ...UNLOCK, maxUsers: 3 });

  expect(report.stopReason?.message).toContain(
    'The run would unlock 4 users, and at most 3 are allowed. No user was changed.'
  );
  expect(platform.singles).toEqual([]);
});

test('a user who is not there fails with the platform’s reason, and the others are unlocked', async () => {
  platform.answerUnlock = (id) => {
    if (id === userId(2))
      throw classifyResponse('POST users/x/unlock', 404, { type: 'OBJECT_NOT_FOUND' }, undefined, 'user');
    platform.locked.delete(id);
  };

  const report = await runOnFake(platform, UNLOCK);

  expect(report).toMatchObject({
    status: 'partial',
    counts: { unlocked: 3, failed: 1 },
    failures: [{ userId: userId(2), outcome: 'failed', type: 'OBJECT_NOT_FOUND' }]
  });
  expect(platform.singles).toHaveLength(4);
});

test('a wrong address stops the run at once', async () => {
  platform.answerUnlock = () => {
    throw classifyResponse('POST users/x/unlock', 404, { type: 'ROUTE_ERROR' }, undefined, 'user');
  };

  const report = await runOnFake(platform, { ...UNLOCK, concurrency: 1 });

  expect(report).toMatchObject({
    status: 'failed',
    counts: { notAttempted: 4 },
    stopReason: { code: 'WRONG_ADDRESS' }
  });
  expect(platform.singles).toHaveLength(1);
});

test('an unlock whose answer is lost is sent again, and the users API has the last word', async () => {
  let lost = 0;
  platform.answerUnlock = (id) => {
    const wasLocked = platform.locked.delete(id);
    if (id !== userId(1)) return;
    lost++;
    // The second time the platform refuses, because the user is unlocked.
    if (!wasLocked)
      throw classifyResponse('POST users/x/unlock', 422, { type: 'INVALID_OPERATION' }, undefined, 'user');
    throw backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' });
  };

  expect(await runOnFake(platform, { ...UNLOCK, verify: false })).toMatchObject({
    status: 'partial',
    counts: { unlocked: 3, unconfirmed: 1 },
    failures: [{ userId: userId(1), outcome: 'unconfirmed' }]
  });
  expect(lost).toBe(2);

  platform.locked.add(userId(1));
  expect(await runOnFake(platform, UNLOCK)).toMatchObject({ status: 'done', counts: { unlocked: 1, failed: 0 } });
});

test('a user who is still locked after a success is sent again, twice at most, and unconfirmed', async () => {
  platform.answerUnlock = (id) => {
    if (id !== userId(3)) platform.locked.delete(id);
  };

  const report = await runOnFake(platform, UNLOCK);

  expect(report.failures).toMatchObject([{ userId: userId(3), outcome: 'unconfirmed', type: 'NOT_UNLOCKED' }]);
  expect(platform.singles.filter((single) => single.endsWith(userId(3)))).toHaveLength(3);
});

test('what is left when the time is used up is carried on by the next invocation', async () => {
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    platform.locked.delete(id);
  };

  const report = await runOnFake(platform, { ...UNLOCK, concurrency: 1 }, { budgetMs: 2500 });
  expect(report).toMatchObject({ status: 'continues', counts: { unlocked: 3, notAttempted: 1 }, verified: false });

  const next = await runOnFake(platform, platform.scheduled.at(-1)?.parameters, { budgetMs: 2500 });
  expect(next).toMatchObject({
    status: 'done',
    invocation: 2,
    earlier: { unlocked: 3 },
    counts: { alreadyUnlocked: 4, unlocked: 1 }
  });
});

test('the record says who was unlocked, over all invocations', async () => {
  platform.answerUnlock = (id) => {
    platform.clock.now += 1000;
    if (id === userId(0)) throw classifyResponse('POST users/x/unlock', 404, {}, undefined, 'user');
    platform.locked.delete(id);
  };
  await runOnFake(platform, { ...UNLOCK, concurrency: 1 }, { budgetMs: 2500 });
  await runOnFake(platform, platform.scheduled.at(-1)?.parameters);

  const { runs, batches } = platform.records ?? { runs: new Map(), batches: new Map() };
  expect([...runs.values()]).toMatchObject([
    { action: 'unlock', status: 'partial', alreadyUnlocked: 1, planned: 4, unlocked: 3, failed: 1 }
  ]);
  expect([...batches.values()].every(({ action }) => action === 'unlock')).toBe(true);
  const [first] = batches.values();
  // The first invocation was cut before it looked again, and the second one has seen what became of its users.
  expect(first).toMatchObject({ state: 'answered', done: 2, userIds: JSON.stringify(userIds(4)) });
  expect(JSON.parse(first?.notDone ?? '')).toMatchObject([
    { userId: userId(0) },
    { userId: userId(3), outcome: 'not_attempted' }
  ]);
});

test('users are written down a hundred at a time before they are sent', async () => {
  platform = new FakePlatform(userIds(250));
  for (const id of platform.ids) platform.locked.add(id);
  const known = new Set<string>();
  platform.answerUnlock = (id) => {
    for (const { userIds: ids } of platform.records?.batches.values() ?? []) if (ids?.includes(id)) known.add(id);
    platform.locked.delete(id);
  };

  await runOnFake(platform, UNLOCK);

  expect(known.size).toBe(250);
  expect(platform.records?.batches.size).toBe(3);
});

test('no more requests are in flight than announced', async () => {
  let [inFlight, most] = [0, 0];
  platform = new FakePlatform(userIds(30));
  for (const id of platform.ids) platform.locked.add(id);
  platform.answerUnlock = async (id) => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    platform.locked.delete(id);
  };

  await runOnFake(platform, { ...UNLOCK, concurrency: 7 });

  expect(most).toBe(7);
});

test('the log says what is done, group by group', async () => {
  const log = new RecordingLog();
  await runOnFake(platform, UNLOCK, {}, log);

  expect(log.lines).toContain('Selected: 5 users (0 protected, 0 excluded, 1 already unlocked)');
  expect(log.lines).toContain('Plan: unlock 4 users');
  expect(log.lines).toContain('Users one by one: 4 sent, 4 unlocked, 0 failed.');
  expect(log.lines.find((line) => line.startsWith('Result'))).toMatch(
    /^Result: done: 4 unlocked, 0 failed, 0 unconfirmed/
  );
});
