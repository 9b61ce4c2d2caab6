import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { CanaryFixture } from '../../support/CanaryFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId } from '../../support/user-id';

let fixture: CanaryFixture;
let platform: FakePlatform;

beforeEach(() => {
  fixture = new CanaryFixture();
  ({ platform } = fixture);
});

test('a users API that lags behind is looked at again, and then the others follow', async () => {
  let lockedAtMs = Infinity;
  fixture.show((user) => {
    if (user.locked === true) lockedAtMs = Math.min(lockedAtMs, platform.clock.now);
    return { ...user, locked: user.locked === true && platform.clock.now - lockedAtMs >= 20_000 };
  });

  const report = await runOnFake(platform, {}, {}, fixture.log);

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, counts: { locked: 10 } });
  expect(platform.batches).toHaveLength(2);
  expect(fixture.log.lines).toContain('3 users are still unlocked. Looking again in 0.3 s.');
});

test('one that is shown locked is enough, and the others are sent again by the verification', async () => {
  fixture.show((user) => ({
    ...user,
    locked: user.userId === userId(1) || platform.batches.length > 2 ? user.locked : false
  }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' }, counts: { locked: 10 } });
  expect(report.canary?.users.map(({ seen }) => seen)).toEqual(['not_locked', 'locked', 'not_locked']);
});

test('a canary that is still ENROLLED is a warning', async () => {
  fixture.signIn(0, 1);

  const report = await runOnFake(platform, {}, {}, fixture.log);

  expect(report).toMatchObject({
    status: 'done',
    canary: { result: 'passed' },
    warnings: [
      {
        code: 'CANARY_SIGNED_IN',
        message: `2 ids of the users sent first are locked, with a session that is still ENROLLED: ${userId(0)}, ${userId(1)}`
      }
    ]
  });
});

test('where the platform does not show single users, the list is read when everybody was planned', async () => {
  platform.pageSize = 4;
  platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no route', { status: 404 }));

  const report = await runOnFake(platform);

  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    canary: { result: 'passed' },
    counts: { locked: 10 }
  });
  expect(fixture.sent[0]).toHaveLength(3);
});
