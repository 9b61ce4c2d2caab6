import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { FakePlatform } from '../../support/fake-ports';
import type { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { SMALL, StopFixture } from '../../support/StopFixture';

let fixture: StopFixture;
let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  fixture = new StopFixture();
  ({ platform, records } = fixture);
});

describe('a run that is asked to stop before it begins', () => {
  test.each([
    ['a scheduled one, of which there is only the wish', {}],
    ['a requested one', { status: 'requested' as const }]
  ])('does not begin: %s', async (_name, values) => {
    records.add({ ...values, runId: 'web', stopRequested: true });

    const report = await runOnFake(platform, { runId: 'web' });

    expect(report).toMatchObject({
      status: 'stopped',
      counts: { planned: 0 },
      stopReason: { code: 'STOP_REQUESTED', usersChanged: 'no' }
    });
    expect(platform.batches).toEqual([]);
    expect(records.runs.size).toBe(1);
    expect(fixture.recorded).toMatchObject({ status: 'stopped', leaseHolder: null });
    expect(fixture.recorded?.finishedAtMs).not.toBeNull();
    expect(await runOnFake(platform, { runId: 'web' })).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
  });

  test('does not go on in its next invocation, and keeps the counts of those before', async () => {
    const params = { ...SMALL, verify: false };
    const lock = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.clock.now += 1000;
      return lock(operations);
    };
    const first = await runOnFake(platform, params, { budgetMs: 4500 });
    expect(first.status).toBe('continues');
    const { length } = platform.batches;
    fixture.stop();

    const report = await runOnFake(platform, platform.scheduled.pop()?.parameters);

    expect(report).toMatchObject({
      status: 'stopped',
      earlier: { locked: length * 2 },
      stopReason: { usersChanged: 'yes' }
    });
    expect(platform.batches).toHaveLength(length);
    expect(platform.scheduled).toEqual([]);
    expect(fixture.recorded).toMatchObject({
      status: 'stopped',
      selected: 40,
      locked: length * 2,
      leaseExpiresAtMs: null
    });
  });

  test('gives its lease up at once, so that the undo need not wait for its next invocation', async () => {
    platform.answerBatch = (operations) => {
      for (const operation of operations.slice(0, 1)) platform.locked.add(operation.user_id);
      throw backendError('BACKEND_UNAVAILABLE', 'Closed.', { status: 503, retryAfterMs: 3_000_000 });
    };
    const first = await runOnFake(platform);
    expect(first.status).toBe('continues');
    fixture.stop();
    platform.newRunId = () => 'run-2';

    const undo = await runOnFake(platform, { undo: 'run-1' });

    expect(undo).toMatchObject({ status: 'done', counts: { unlocked: 1 } });
    expect(platform.locked.size).toBe(0);
    expect(fixture.recorded).toMatchObject({ status: 'stopped', undoneBy: 'run-2' });
    const late = await runOnFake(platform, platform.scheduled[0]?.parameters);
    expect(late.stopReason?.code).toBe('RUN_ENDED');
    expect(platform.locked.size).toBe(0);
  });

  test('says that users may have been changed where it was killed before', async () => {
    records.add({
      runId: 'web',
      status: 'running',
      startedAtMs: 1,
      leaseExpiresAtMs: 2,
      stopRequested: true,
      locked: 7
    });

    const report = await runOnFake(platform, { runId: 'web' });

    expect(report).toMatchObject({ status: 'stopped', stopReason: { usersChanged: 'maybe' } });
    expect(fixture.recorded).toMatchObject({ status: 'stopped', locked: 7 });
    expect(platform.batches).toEqual([]);
  });

  test('stops as well where that comes while it asks for the lease', async () => {
    let isFirst = true;
    records.onSave = () => {
      if (!isFirst) return;
      isFirst = false;
      // The save that writes it in is under way.
      void Promise.resolve().then(() => setImmediate(() => fixture.stop()));
    };
    const find = records.findRuns.bind(records);
    records.findRuns = async (query) => {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      return find(query);
    };

    const report = await runOnFake(platform);

    expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOP_REQUESTED' } });
    expect(fixture.recorded).toMatchObject({ status: 'stopped', startedAtMs: null, leaseHolder: null });
    expect(platform.batches).toEqual([]);
  });
});
