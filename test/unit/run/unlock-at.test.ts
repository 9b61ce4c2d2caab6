import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { EveningWorld } from '../../support/EveningWorld';
import { RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId } from '../../support/user-id';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EVENING_MS = Date.parse('2026-07-01T20:00:00Z');
const MORNING_MS = Date.parse('2026-07-02T04:00:00Z');
const PARAMS = { runId: 'shift', unlockAt: '06:00 Europe/Berlin' };

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

const lastReport = (): object | undefined => world.reports[world.reports.length - 1];

function record(runId = 'shift'): RunRecord {
  const found = [...world.records.runs.values()].find((run) => run.runId === runId);
  if (found === undefined) throw new Error(`There is no record of ${runId}.`);
  return found;
}

const recordDown = (): Error =>
  new LockUsersError({ code: 'RECORD_FAILED', message: 'Down.', nextStep: 'Wait.', status: 422 });

/** Each batch has one user and takes so many minutes from now on. */
function slowDown(minutes: number): object {
  const { platform } = world;
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += minutes * MINUTE_MS;
    return lock(operations);
  };
  return { batchSize: 1, concurrency: 1 };
}

test('a lock run orders its own undo before it sends anybody; report, record and log say so', async () => {
  const log = new RecordingLog();
  let orderedWith = -1;
  world.platform.onScheduleAt = () => void (orderedWith = world.locked.length + world.platform.batches.length);

  const report = await runOnFake(world.platform, PARAMS, {}, log);

  const unlockRunId = record().unlockRunId ?? '';
  expect(orderedWith).toBe(0);
  expect(world.platform.scheduledAt).toEqual([
    {
      atMs: MORNING_MS,
      parameters: {
        undo: 'shift',
        runId: unlockRunId,
        notBefore: '2026-07-02T04:00:00Z',
        requestedBy: 'unlockAt'
      }
    }
  ]);
  expect(report).toMatchObject({ status: 'done', unlockAt: '2026-07-02T04:00:00Z', unlockRunId });
  expect(record()).toMatchObject({ unlockAtMs: MORNING_MS, unlockRunId });
  expect(log.lines).toContain(
    `They are let back in at 2026-07-02 06:00 Europe/Berlin (2026-07-02T04:00:00Z): run ${unlockRunId} is ordered for it.`
  );
});

test('in the morning they are let in, and the undo stands in the record of the lock run', async () => {
  await world.run(PARAMS);
  await world.passUntil(MORNING_MS - 1);
  expect(world.locked).toHaveLength(6);

  await world.passUntil(MORNING_MS);

  expect(world.locked).toEqual([]);
  expect(record().undoneBy).toBe(record().unlockRunId);
  expect(lastReport()).toMatchObject({ status: 'done', undoes: 'shift', counts: { unlocked: 6 } });
});

test('where the undo cannot be ordered nobody is locked', async () => {
  world.platform.onScheduleAt = () => Promise.reject(new Error('no room'));

  await world.run(PARAMS);

  expect(world.platform.batches).toEqual([]);
  expect(world.records.batches.size).toBe(0);
  expect(lastReport()).toMatchObject({
    status: 'refused',
    stopReason: { code: 'UNLOCK_NOT_ORDERED', usersChanged: 'no', message: expect.stringContaining('no room') }
  });
  expect(record()).toMatchObject({ status: 'refused', unlockRunId: null });
});

test('nor where the record cannot say so beforehand', async () => {
  world.records.onSave = (saved) => {
    if (saved.some((run) => 'unlockRunId' in run && run.unlockRunId !== null)) throw recordDown();
  };

  await world.run(PARAMS);

  expect(world.platform.scheduledAt).toEqual([]);
  expect(world.locked).toEqual([]);
  expect(lastReport()).toMatchObject({ stopReason: { code: 'UNLOCK_NOT_ORDERED' } });
});

test.each<[string, () => void, string]>([
  ['a record', () => (world.platform.records = undefined), 'lock_run_batch'],
  ['a queue', () => (world.platform.hasQueue = false), 'no queue'],
  [
    'the field unlock_at',
    () => (world.records.missingFields = [{ name: 'lock_run.unlock_at', isNeeded: false }]),
    'unlock_at'
  ],
  [
    'the field undone_by',
    () => (world.records.missingFields = [{ name: 'lock_run.undone_by', isNeeded: false }]),
    'undone_by'
  ]
])('without %s it is refused, in a dry run too', async (_what, prepare, named) => {
  prepare();

  for (const params of [PARAMS, { unlockAt: PARAMS.unlockAt, dryRun: true }]) {
    await world.run(params);
    expect(lastReport()).toMatchObject({
      status: 'refused',
      stopReason: { code: 'UNLOCK_NOT_ORDERED', message: expect.stringContaining(named) }
    });
  }
  expect(world.locked).toEqual([]);
});

test.each([
  ['2026-07-01T20:00:00Z', 'is over'],
  ['2026-07-09T20:00:00Z', 'seven days']
])('%s is refused before anything', async (unlockAt, message) => {
  await world.run({ unlockAt });

  expect(world.locked).toEqual([]);
  expect(lastReport()).toMatchObject({
    status: 'refused',
    stopReason: { code: 'INVALID_PARAMETERS', message: expect.stringContaining(message) }
  });
});

test('a dry run, and a run that has nobody to lock, order nothing', async () => {
  await world.run({ ...PARAMS, runId: 'dry', dryRun: true });
  world.platform.ids.forEach((id) => world.platform.locked.add(id));
  await world.run(PARAMS);

  expect(world.reports.map(({ status, unlockRunId }) => [status, unlockRunId])).toEqual([
    ['planned', undefined],
    ['done', undefined]
  ]);
  await world.passUntil(MORNING_MS + DAY_MS);
  expect(world.reports).toHaveLength(2);
});

test('from then on the lock run sends nothing more; its undo waits for it, and lets in whom it locked', async () => {
  await world.passUntil(MORNING_MS - 150 * 1000);
  await world.run({ ...PARAMS, ...slowDown(1) });

  expect(lastReport()).toMatchObject({ status: 'partial', stopReason: { code: 'UNLOCK_DUE', usersChanged: 'yes' } });
  expect(world.platform.batches.length).toBeLessThan(5);
  expect(world.locked.length).toBe(world.platform.batches.length);
  await world.passUntil(MORNING_MS + 5 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});

test('an undo that finds the lock run under way comes back each minute, and is not given up', async () => {
  await world.run(PARAMS);
  const { id } = record();
  await world.passUntil(MORNING_MS - 1);
  Object.assign(record(), { status: 'running', leaseHolder: 'x', leaseExpiresAtMs: MORNING_MS + 4 * MINUTE_MS });

  await world.passUntil(MORNING_MS + 150 * 1000);
  expect(world.reports.slice(1).map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
  expect(world.locked).toHaveLength(6);
  await world.passUntil(MORNING_MS + 5 * MINUTE_MS);

  expect(world.locked).toEqual([]);
  expect(world.records.runs.get(id)?.undoneBy).toBe(record().unlockRunId);
});

test('a run that goes on keeps its time, its order and the end of its lease', async () => {
  const params = { ...PARAMS, ...slowDown(1) };
  await world.passUntil(MORNING_MS - 6 * MINUTE_MS);
  await runOnFake(world.platform, params, { budgetMs: 150_000 });

  expect(record()).toMatchObject({ status: 'continues', leaseExpiresAtMs: MORNING_MS });
  const [next] = world.platform.scheduled;
  expect(next?.parameters).toMatchObject({ unlockAt: '2026-07-02T04:00:00Z' });

  await world.passUntil(MORNING_MS + MINUTE_MS);
  const late = await runOnFake(world.platform, next?.parameters);
  expect(late).toMatchObject({ status: 'partial', stopReason: { code: 'UNLOCK_DUE' } });
  expect(world.platform.scheduledAt).toHaveLength(1);
});

test('an invocation that goes on in time orders nothing again', async () => {
  const params = { ...PARAMS, ...slowDown(1) };
  await runOnFake(world.platform, params, { budgetMs: 150_000 });
  const report = await runOnFake(world.platform, world.platform.scheduled[0]?.parameters);

  expect(report.unlockRunId).toBe(record().unlockRunId);
  expect(world.platform.scheduledAt).toHaveLength(1);
});

test('a run that waits beyond its time does not go on', async () => {
  await world.passUntil(MORNING_MS - 3 * MINUTE_MS);
  await runOnFake(world.platform, { ...PARAMS, ...slowDown(2) }, { budgetMs: 100_000 });

  expect(record()).toMatchObject({ status: 'continues' });
  await world.passUntil(MORNING_MS + 1);
  expect(await runOnFake(world.platform, world.platform.scheduled[0]?.parameters)).toMatchObject({ status: 'partial' });
  expect(record()).toMatchObject({ status: 'partial', leaseExpiresAtMs: null });
});

test('a killed run that comes again when its time is over locks nobody until the next morning', async () => {
  world.deliveries = () => [];
  await world.passUntil(MORNING_MS - 3 * MINUTE_MS);
  await world.runKilled({ ...PARAMS, batchSize: 1, concurrency: 1 }, 6);
  await world.passUntil(MORNING_MS + 20 * MINUTE_MS);

  expect(world.locked).toHaveLength(1);
  expect(record().unlockAtMs).toBe(MORNING_MS);
  expect(lastReport()).toMatchObject({
    status: 'partial',
    unlockAt: '2026-07-02T04:00:00Z',
    stopReason: { code: 'UNLOCK_DUE', usersChanged: 'maybe' }
  });
});

describe('on a deployment that was disarmed since', () => {
  let disarmed: EveningWorld;
  beforeEach(async () => {
    await world.run(PARAMS);
    disarmed = Object.assign(new EveningWorld(MORNING_MS, { armed: false }), { platform: world.platform });
    world.platform.clock.now = MORNING_MS;
  });
  const undo = (): Record<string, unknown> => ({
    undo: 'shift',
    runId: record().unlockRunId,
    notBefore: '2026-07-02T04:00:00Z'
  });

  test('the undo that its record names lets people in, because the run has promised it', async () => {
    await disarmed.run(undo());

    expect(disarmed.reports[0]).toMatchObject({ status: 'done', dryRun: false, counts: { unlocked: 6 } });
    expect(world.locked).toEqual([]);
  });

  test('no other one does, whatever it claims', async () => {
    await disarmed.run({ ...undo(), runId: 'another' });

    expect(disarmed.reports[0]).toMatchObject({ status: 'refused', stopReason: { code: 'NOT_ARMED' } });
    expect(world.locked).toHaveLength(6);
  });
});

test('who takes the time out of the record calls the undo off', async () => {
  await world.run(PARAMS);
  Object.assign(record(), { unlockAtMs: null });
  await world.passUntil(MORNING_MS + 60 * MINUTE_MS);

  expect(lastReport()).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(world.locked).toHaveLength(6);
});

test('who changes the time in the record moves the undo', async () => {
  await world.run(PARAMS);
  Object.assign(record(), { unlockAtMs: MORNING_MS + 120 * MINUTE_MS });
  await world.passUntil(MORNING_MS + 119 * MINUTE_MS);
  expect(world.locked).toHaveLength(6);

  await world.passUntil(MORNING_MS + 120 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});

test('an undo that is a day late waits until the next evening is over, and a morning later everybody is in', async () => {
  world.deliveries = (atMs) => [atMs === MORNING_MS ? EVENING_MS + DAY_MS + 60 * MINUTE_MS : atMs];
  await world.run(PARAMS);
  world.platform.locked.delete(userId(2));
  await world.passUntil(EVENING_MS + DAY_MS);
  await world.run({ unlockAt: PARAMS.unlockAt });

  expect(lastReport()).toMatchObject({
    counts: { locked: 1, alreadyLocked: 5 },
    warnings: [{ code: 'UNLOCK_OVERDUE', message: expect.stringContaining('{"undo": "shift"}') }]
  });
  await world.passUntil(MORNING_MS + DAY_MS - 1);
  expect(world.locked).toHaveLength(6);
  await world.passUntil(MORNING_MS + DAY_MS + 20 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});

test('one that is late lets people in while a later run keeps out others', async () => {
  world.deliveries = (atMs) => [atMs === MORNING_MS ? MORNING_MS + 30 * MINUTE_MS : atMs];
  await world.run({ ...PARAMS, userIds: [userId(1), userId(2)] });
  await world.passUntil(MORNING_MS + MINUTE_MS);
  await world.run({ userIds: [userId(3)], unlockAt: '18:00 Europe/Berlin' });

  await world.passUntil(MORNING_MS + 40 * MINUTE_MS);

  expect(world.locked).toEqual([userId(3)]);
});

describe('a run whose users should have been let in', () => {
  beforeEach(async () => {
    world.deliveries = () => [];
    await world.run(PARAMS);
  });
  const warnings = (): unknown => world.reports[world.reports.length - 1]?.warnings;

  test('is told of by every run, dry ones and other actions too, until it is undone', async () => {
    await world.passUntil(MORNING_MS + 15 * MINUTE_MS);
    for (const params of [{}, { dryRun: true }, { action: 'reauthenticate' }]) {
      await world.run(params);
      expect(warnings()).toEqual([
        {
          code: 'UNLOCK_OVERDUE',
          message:
            'Run shift locked 6 users by its record, to be let in at 2026-07-02T04:00:00Z, and no run has undone it. To let them in: {"undo": "shift"}'
        }
      ]);
    }
    await world.run({ undo: 'shift' });
    await world.run({});
    expect(warnings()).toBeUndefined();
  });

  test('is not told of before it is a quarter of an hour late', async () => {
    await world.passUntil(MORNING_MS + 14 * MINUTE_MS);
    await world.run({});

    expect(warnings()).toBeUndefined();
  });

  test('costs no request where the model lacks the field, and no run where it cannot be read', async () => {
    await world.passUntil(MORNING_MS + DAY_MS);
    const find = world.records.findRuns.bind(world.records);
    let asked = 0;
    world.records.findRuns = (query) => {
      if (!('unlockAtFromMs' in query)) return find(query);
      asked++;
      throw recordDown();
    };

    await world.run({});
    expect(lastReport()).toMatchObject({ status: 'done' });
    expect(asked).toBeGreaterThan(0);
    asked = 0;
    world.records.missingFields = [{ name: 'lock_run.unlock_at', isNeeded: false }];
    await world.run({});
    expect(asked).toBe(0);
  });
});

test('an undo that cannot be ordered again says how to let people in by hand', async () => {
  await world.run(PARAMS);
  world.platform.onScheduleAt = () => Promise.reject(new Error('down'));
  await world.run({ undo: 'shift', runId: record().unlockRunId, notBefore: '2026-07-02T04:00:00Z' });

  expect(lastReport()).toMatchObject({
    status: 'failed',
    stopReason: { code: 'NOT_QUEUED', nextStep: 'Let people in by hand then: {"undo": "shift"}.' }
  });
  expect(world.locked).toHaveLength(6);
});
