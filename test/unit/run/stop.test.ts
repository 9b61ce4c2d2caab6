import { ERROR_CATALOGUE } from '../../../cloudcode/lock_users/src/error-catalogue';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(40));
  records = new MemoryRecordStore();
  platform.records = records;
});

const stop = (): void => records.requestStop('run-1');
const recorded = (): RunRecord | undefined => [...records.runs.values()][0];
const SMALL = { batchSize: 2, concurrency: 1, canary: 0 };

/** Each batch takes so long; the stop comes during the one of that number. */
function stopDuring(batch: number, batchMs: number): { stoppedAtMs: number } {
  const stopped = { stoppedAtMs: Infinity };
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += batchMs;
    if (platform.batches.length === batch) {
      stop();
      stopped.stoppedAtMs = platform.clock.now;
    }
    return lock(operations);
  };
  return stopped;
}

test('a run that is asked to stop sends nothing 10 s later, says so, and every sum holds', async () => {
  stopDuring(3, 1000);

  const report = await runOnFake(platform, SMALL);

  // A batch takes a second, and the record is read every five.
  expect(platform.batches.length).toBeGreaterThanOrEqual(3);
  expect(platform.batches.length).toBeLessThanOrEqual(8);
  const locked = platform.batches.length * 2;
  expect(report).toMatchObject({
    status: 'stopped',
    verified: false,
    counts: { selected: 40, planned: 40, locked, notAttempted: 40 - locked, failed: 0, unconfirmed: 0 },
    stopReason: { code: 'STOP_REQUESTED', usersChanged: 'yes', nextStep: ERROR_CATALOGUE.STOP_REQUESTED.remedy }
  });
  expect(recorded()).toMatchObject({ status: 'stopped', locked, leaseHolder: null, leaseExpiresAtMs: null });
  expect(recorded()?.finishedAtMs).not.toBeNull();
  expect(platform.scheduled).toEqual([]);
});

test('its undo lets back in exactly those whom it has locked', async () => {
  platform.locked.add(userId(39));
  stopDuring(2, 6000);
  await runOnFake(platform, SMALL);
  const byRun = new Set(platform.locked);
  byRun.delete(userId(39));
  expect(byRun.size).toBeGreaterThan(0);
  expect(byRun.size).toBeLessThan(39);
  platform.newRunId = () => 'run-2';

  const report = await runOnFake(platform, { undo: 'run-1' });

  expect(report).toMatchObject({ status: 'done', counts: { selected: byRun.size, unlocked: byRun.size } });
  expect([...platform.locked]).toEqual([userId(39)]);
});

test.each(['unlock', 'reauthenticate'])('%s stops as well', async (action) => {
  for (const id of platform.ids) {
    platform.changeSession(id, `s-${id}`, { authenticatedAtMs: 500 });
    if (action === 'unlock') platform.locked.add(id);
  }
  const slowly = (): void => {
    platform.clock.now += 3000;
    if (platform.singles.length === 4) stop();
  };
  const { answerUnlock, answerReauthenticate } = platform;
  platform.answerUnlock = (id) => (slowly(), answerUnlock(id));
  platform.answerReauthenticate = (id, session) => (slowly(), answerReauthenticate(id, session));

  const report = await runOnFake(platform, { action, concurrency: 1 });

  expect(platform.singles.length).toBeGreaterThanOrEqual(4);
  expect(platform.singles.length).toBeLessThanOrEqual(7);
  expect(report).toMatchObject({
    status: 'stopped',
    counts: { planned: 40, notAttempted: 40 - platform.singles.length }
  });
});

test('a run that only reads stops too, and sends nobody', async () => {
  platform.pageSize = 4;
  let pages = 0;
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = (limit, skip) => {
    platform.clock.now += 2000;
    if (++pages === 3) stop();
    return read(limit, skip);
  };

  const report = await runOnFake(platform, { maxUsers: 100 });

  expect(pages).toBeLessThanOrEqual(6);
  expect(platform.batches).toEqual([]);
  expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOP_REQUESTED', usersChanged: 'no' } });
});

test('a run that waits for what a Retry-After asks stops within 10 s', async () => {
  platform.answerBatch = () => {
    stop();
    throw backendError('BACKEND_UNAVAILABLE', 'Closed.', { status: 503, retryAfterMs: 200_000 });
  };
  const before = platform.clock.now;

  const report = await runOnFake(platform);

  expect(platform.clock.now - before).toBeLessThanOrEqual(10_000);
  expect(report).toMatchObject({ status: 'stopped', counts: { locked: 0 } });
  expect(platform.batches).toHaveLength(1);
});

test('after a pause of the rate limit the first thing is to look whether the run is to stop', async () => {
  platform.answerBatch = () => {
    stop();
    throw backendError('BACKEND_RATE_LIMITED', 'Too many.', { status: 429, retryAfterMs: 60_000 });
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'stopped', counts: { locked: 0 } });
  expect(platform.batches).toHaveLength(1);
});

test('a run that waits for its users to be shown stops within 10 s', async () => {
  platform.answerBatch = (operations) => {
    stop();
    return { operations: operations.map(() => ({ success: true })) };
  };
  const before = platform.clock.now;

  const report = await runOnFake(platform, { canary: 0 });

  expect(platform.clock.now - before).toBeLessThanOrEqual(10_000);
  expect(report).toMatchObject({ status: 'stopped', verified: false, counts: { locked: 0, unconfirmed: 40 } });
  expect(platform.batches).toHaveLength(1);
});

test('where the record cannot be read nothing leaves until it can be', async () => {
  const stopped = stopDuring(2, 4000);
  const find = records.findRuns.bind(records);
  const failingUntilMs = platform.clock.now + 60_000;
  records.findRuns = (query) =>
    'runId' in query && platform.clock.now < failingUntilMs
      ? Promise.reject(backendError('BACKEND_UNAVAILABLE', 'Down.', { status: 503 }))
      : find(query);
  const sentAtMs: number[] = [];
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    sentAtMs.push(platform.clock.now);
    return lock(operations);
  };

  const report = await runOnFake(platform, SMALL);

  expect(report.status).toBe('stopped');
  expect(Math.max(...sentAtMs)).toBeLessThanOrEqual(stopped.stoppedAtMs + 10_000);
});

test('a run whose record somebody has deleted goes on', async () => {
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 4000;
    records.runs.clear();
    return lock(operations);
  };

  expect(await runOnFake(platform, SMALL)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test('a run whose record cannot be read for good goes on, and the log says so', async () => {
  stopDuring(1, 6000);
  const find = records.findRuns.bind(records);
  records.findRuns = (query) =>
    'runId' in query ? Promise.reject(backendError('BACKEND_REJECTED', 'No.', { status: 400 })) : find(query);
  const log = new RecordingLog();

  const report = await runOnFake(platform, SMALL, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 40 } });
  expect(log.lines).toContain('Whether this run is to stop cannot be read; it goes on. No.');
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
    expect(recorded()).toMatchObject({ status: 'stopped', leaseHolder: null });
    expect(recorded()?.finishedAtMs).not.toBeNull();
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
    stop();

    const report = await runOnFake(platform, platform.scheduled.pop()?.parameters);

    expect(report).toMatchObject({
      status: 'stopped',
      earlier: { locked: length * 2 },
      stopReason: { usersChanged: 'yes' }
    });
    expect(platform.batches).toHaveLength(length);
    expect(platform.scheduled).toEqual([]);
    expect(recorded()).toMatchObject({ status: 'stopped', selected: 40, locked: length * 2, leaseExpiresAtMs: null });
  });

  test('gives its lease up at once, so that the undo need not wait for its next invocation', async () => {
    platform.answerBatch = (operations) => {
      for (const operation of operations.slice(0, 1)) platform.locked.add(operation.user_id);
      throw backendError('BACKEND_UNAVAILABLE', 'Closed.', { status: 503, retryAfterMs: 3_000_000 });
    };
    const first = await runOnFake(platform);
    expect(first.status).toBe('continues');
    stop();
    platform.newRunId = () => 'run-2';

    const undo = await runOnFake(platform, { undo: 'run-1' });

    expect(undo).toMatchObject({ status: 'done', counts: { unlocked: 1 } });
    expect(platform.locked.size).toBe(0);
    expect(recorded()).toMatchObject({ status: 'stopped', undoneBy: 'run-2' });
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
    expect(recorded()).toMatchObject({ status: 'stopped', locked: 7 });
    expect(platform.batches).toEqual([]);
  });

  test('stops as well where that comes while it asks for the lease', async () => {
    let isFirst = true;
    records.onSave = () => {
      if (!isFirst) return;
      isFirst = false;
      // The save that writes it in is under way.
      void Promise.resolve().then(() => setImmediate(stop));
    };
    const find = records.findRuns.bind(records);
    records.findRuns = async (query) => {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      return find(query);
    };

    const report = await runOnFake(platform);

    expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOP_REQUESTED' } });
    expect(recorded()).toMatchObject({ status: 'stopped', startedAtMs: null, leaseHolder: null });
    expect(platform.batches).toEqual([]);
  });
});

test('a request to stop another run stops nobody else', async () => {
  records.add({ runId: 'another', status: 'continues', stopRequested: true, startedAtMs: 1 });

  expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test('in models without the field nobody can ask for it, one warning says so, and nothing is read for it', async () => {
  records.missingFields = [{ name: 'lock_run.stop_requested', isNeeded: false }];
  stopDuring(1, 6000);

  const report = await runOnFake(platform, SMALL);

  expect(report).toMatchObject({ status: 'done', warnings: [{ code: 'OLD_RECORD_MODELS' }] });
  expect(report.warnings?.[0]?.message).toContain('lock_run.stop_requested');
});

test('a run of a few seconds costs no request for it', async () => {
  const before = records.findRuns.bind(records);
  let reads = 0;
  records.findRuns = (query) => {
    // Not the look for earlier runs that should have been undone by now.
    if (!('unlockAtFromMs' in query)) reads++;
    return before(query);
  };

  await runOnFake(platform);

  expect(reads).toBe(1);
});

test('without a record the log says in its first lines that it cannot be stopped, and what to do instead', async () => {
  platform.records = undefined;
  const log = new RecordingLog();

  await runOnFake(platform, {}, {}, log);

  expect(log.lines.slice(0, 5)).toEqual(
    expect.arrayContaining([
      'No record: this run cannot be undone or stopped.',
      'To stop it all the same, disarm the deployment and deploy: no further invocation begins.'
    ])
  );
});
