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

const ids = (...users: number[]): string[] => users.map(userId);

const refuse = (type = 'INVALID_OPERATION'): object => ({ success: false, error: { type, detail: 'no' } });

test.each([
  ['refused', refuse(), 'failed'],
  ['unconfirmed', { success: false }, 'unconfirmed']
])('a canary that is %s is replaced', async (_name, answer, seen) => {
  fixture.answerSome(({ user_id: id }) => (id === userId(1) ? answer : undefined));

  const report = await runOnFake(platform, { verify: false });

  expect(fixture.sent).toEqual([ids(0, 1, 2), ids(3), ids(4, 5, 6, 7, 8, 9)]);
  expect(report).toMatchObject({ counts: { locked: 9 }, canary: { result: 'passed', count: 4 } });
  expect(report.canary?.users[1]).toEqual({ userId: userId(1), seen });
});

test('a canary that somebody else has locked is replaced, and stays theirs', async () => {
  fixture.answerSome(({ user_id: id }) => {
    if (id !== userId(1)) return undefined;
    platform.locked.add(id);
    return refuse('ALREADY_LOCKED');
  });

  const report = await runOnFake(platform, { runId: 'evening' });
  await runOnFake(platform, { undo: 'evening' });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 9, alreadyLocked: 1 }, canary: { count: 4 } });
  expect(report.canary?.users[1]).toEqual({ userId: userId(1), seen: 'already_locked' });
  expect([...platform.locked]).toEqual([userId(1)]);
});

test('three rounds of refused users are enough: the run stops', async () => {
  fixture.answerSome(() => refuse());

  const report = await runOnFake(platform, { canary: 2 });

  expect(fixture.sent).toEqual([ids(0, 1), ids(2, 3), ids(4, 5)]);
  expect(report).toMatchObject({
    status: 'failed',
    counts: { failed: 6, notAttempted: 4 },
    canary: { result: 'failed', count: 6 },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'no' }
  });
});
