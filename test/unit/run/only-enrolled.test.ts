import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  platform.locked.add(userId(0));
});

test('onlyEnrolled leaves those alone who are not in the app', async () => {
  for (const n of [0, 1, 2]) platform.changeSession(userId(n), 'phone', { state: n === 2 ? 'LOCKED' : 'ENROLLED' });

  const report = await runOnFake(platform, { onlyEnrolled: true });

  expect(report.counts).toMatchObject({ selected: 6, alreadyLocked: 1, notEnrolled: 4, planned: 1, locked: 1 });
  expect([...platform.locked]).toEqual([userId(0), userId(1)]);
  expect([...(platform.records?.runs.values() ?? [])]).toMatchObject([{ notEnrolled: 4, locked: 1 }]);
});

test('onlyEnrolled does not lock whom the users API does not show: nobody knows whether they are in the app', async () => {
  platform.changeSession(userId(1), 'phone', {});

  const report = await runOnFake(platform, { onlyEnrolled: true, userIds: [userId(1), userId(77)] });

  expect(report.failures).toMatchObject([{ userId: userId(77), type: 'OBJECT_NOT_FOUND' }]);
  expect([...platform.locked].sort()).toEqual([userId(0), userId(1)]);
});

test('onlyEnrolled sends those again who were signed out and not locked', async () => {
  for (const id of userIds(6)) platform.changeSession(id, 'phone', {});
  let isFirst = true;
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) {
      platform.changeSession(id, 'phone', { state: 'LOCKED', signedOutAtMs: platform.clock.now });
      if (!isFirst || id !== userId(2)) platform.locked.add(id);
    }
    isFirst = false;
    return { operations: operations.map(() => ({ success: true })) };
  };

  expect(await runOnFake(platform, { onlyEnrolled: true })).toMatchObject({ status: 'done', counts: { locked: 5 } });
});
