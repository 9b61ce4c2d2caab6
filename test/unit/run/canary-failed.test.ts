import { CanaryFixture } from '../../support/CanaryFixture';
import type { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId } from '../../support/user-id';

let fixture: CanaryFixture;
let platform: FakePlatform;

function start(users?: number): void {
  fixture = new CanaryFixture(users);
  ({ platform } = fixture);
}
beforeEach(() => start());

const ids = (...users: number[]): string[] => users.map(userId);

test.each([{}, { verify: false }])('where a lock wipes, the run stops after the canary (%j)', async (params) => {
  fixture.signIn(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  fixture.wipe();

  const report = await runOnFake(platform, { ...params, runId: 'evening' }, {}, fixture.log);

  expect(fixture.sent).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { selected: 10, planned: 10, locked: 3, notAttempted: 7 },
    canary: { result: 'failed', count: 3, users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'reset' })) },
    resetSessions: { count: 3, userIds: ids(0, 1, 2) },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'yes' }
  });
  expect(platform.scheduled).toEqual([]);
  expect([...fixture.records.runs.values()]).toMatchObject([
    { status: 'partial', canary: 'failed', message: expect.stringMatching(/ALARM.* reset/), notAttempted: 7 }
  ]);
  expect(fixture.log.lines.filter((line) => line.includes('ALARM')).length).toBeGreaterThan(0);

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
  expect(platform.locked.size).toBe(0);
});

test('a canary that failed reads on, so that the report counts everybody', async () => {
  start(500);
  platform.pageSize = 20;
  for (let user = 0; user < 20; user++) fixture.signIn(user);
  fixture.wipe();

  const report = await runOnFake(platform, { canary: 5 });

  expect(report).toMatchObject({
    counts: { selected: 500, planned: 500, locked: 5, notAttempted: 495 },
    stopReason: { code: 'CANARY_FAILED' }
  });
});

test('a canary that failed while the time ran out does not go on by itself', async () => {
  start(500);
  platform.pageSize = 20;
  for (let user = 0; user < 20; user++) fixture.signIn(user);
  fixture.wipe();
  const one = platform.readUserState.bind(platform);
  let looks = 0;
  platform.readUserState = (id) => {
    // Whoever is read after the last of the three is read too late.
    if (++looks === 3) platform.clock.now += 300_000;
    return one(id);
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'partial', stopReason: { code: 'CANARY_FAILED' }, counts: { locked: 3 } });
  expect(platform.scheduled).toEqual([]);
});

test('where no canary is shown locked, the run stops when it has looked for as long as a read may lag', async () => {
  fixture.answerSome(() => ({ success: true }));

  const report = await runOnFake(platform, {}, {}, fixture.log);

  expect(fixture.sent).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({
    status: 'partial',
    counts: { locked: 0, unconfirmed: 3, notAttempted: 7 },
    canary: { result: 'failed', users: ids(0, 1, 2).map((id) => ({ userId: id, seen: 'not_locked' })) },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'maybe' }
  });
  expect(platform.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(45_000);
  expect(fixture.log.lines.join('\n')).not.toContain('ALARM');
});

test('whoever was shown locked first and is not, later, is not sent without a canary either', async () => {
  let looks = 0;
  const list = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await list(limit, skip);
    return looks++ === 0 ? { ...page, users: page.users.map((user) => ({ ...user, locked: true })) } : page;
  };
  fixture.signIn(0, 1, 2, 3, 4, 5);
  fixture.wipe();

  const report = await runOnFake(platform);

  expect(platform.batches.flat()).toHaveLength(3);
  expect(report.stopReason?.code).toBe('CANARY_FAILED');
});
