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

const ids = (...users: number[]): string[] => users.map(userId);

describe('the next invocation', () => {
  const budget = { budgetMs: 2500 };
  beforeEach(() => {
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.clock.now += 1000;
      return answer(operations);
    };
  });

  test.each(['with a record', 'without a record', 'with an older copy of the models'])(
    'trusts the canary of the first one: %s',
    async (how) => {
      if (how === 'without a record') platform.records = undefined;
      if (how.includes('older')) {
        fixture.records.listMissingFields = () => [{ name: 'lock_run.canary', isNeeded: false }];
        const find = fixture.records.findRuns.bind(fixture.records);
        fixture.records.findRuns = async (query) =>
          (await find(query)).map((run) => Object.assign(run, { canary: null }));
      }
      const first = await runOnFake(platform, { batchSize: 2, concurrency: 1, canary: 2 }, budget);
      const second = await runOnFake(platform, platform.scheduled.shift()?.parameters);

      expect(first).toMatchObject({ status: 'continues', canary: { result: 'passed' } });
      expect(second).toMatchObject({ status: 'done', counts: { alreadyLocked: first.counts.locked } });
      expect(second.canary).toBeUndefined();
    }
  );

  test('trusts the record where it was handed nothing, as after a kill', async () => {
    await runOnFake(platform, { runId: 'evening', batchSize: 2, concurrency: 1, canary: 2 }, budget);
    for (const run of fixture.records.runs.values()) Object.assign(run, { status: 'interrupted' });

    const second = await runOnFake(platform, { runId: 'evening', canary: 2 });

    expect(second.status).toBe('done');
    expect(second.canary).toBeUndefined();
  });

  test('sends users first where the first one ended before it had looked', async () => {
    fixture.answerLooks(() => {
      platform.clock.now += 271_000;
      return Promise.reject(backendError('BACKEND_UNAVAILABLE', 'later', { status: 503 }));
    });
    const first = await runOnFake(platform, {});
    fixture.answerLooks();
    const second = await runOnFake(platform, platform.scheduled.shift()?.parameters);

    expect(first).toMatchObject({ status: 'continues', canary: { result: 'unfinished', count: 3 } });
    expect(second).toMatchObject({ status: 'done', canary: { result: 'passed' } });
    expect(fixture.sent).toEqual([ids(0, 1, 2), ids(3, 4, 5), ids(6, 7, 8, 9)]);
  });
});

/** The run `evening` is killed when it is about to look at those whom it has sent first. */
async function killAfterFirstBatch(): Promise<void> {
  const never = new Promise<never>(() => undefined);
  fixture.answerLooks(() => never);
  void runOnFake(platform, { runId: 'evening' });
  while (platform.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  fixture.answerLooks();
}

test('a run that was killed after its canary was wiped stops at the first look of the next delivery', async () => {
  fixture.signIn(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  fixture.wipe();
  await killAfterFirstBatch();
  platform.clock.now += 3_600_000;

  const report = await runOnFake(platform, { runId: 'evening' });

  expect(fixture.sent).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { count: 3 } });
});

test('the next delivery looks at everybody before it sends a canary, because the wiped ones may be on the last page', async () => {
  fixture = new CanaryFixture(1200);
  ({ platform } = fixture);
  fixture.signIn(...platform.ids.keys());
  fixture.wipe();
  await killAfterFirstBatch();
  Object.assign(platform, { ids: [...platform.ids].reverse() });
  platform.clock.now += 3_600_000;

  const report = await runOnFake(platform, { runId: 'evening' });

  expect(fixture.sent).toEqual([ids(0, 1, 2)]);
  expect(report).toMatchObject({ stopReason: { code: 'SESSIONS_RESET' }, resetSessions: { count: 3 } });
});

test('a run that has not begun does not trust what its object says of a canary', async () => {
  const run = fixture.records.add({ status: 'requested', canary: 'passed', batchUnlock: 'works' });

  const report = await runOnFake(platform, { runId: run.id, canary: 2 });

  expect(report).toMatchObject({ status: 'done', canary: { result: 'passed' } });
  expect(report.canary?.users).toHaveLength(2);
  expect(fixture.records.runs.get(run.id)).toMatchObject({ canary: 'passed', batchUnlock: null });
});
