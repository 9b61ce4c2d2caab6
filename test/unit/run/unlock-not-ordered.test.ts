import { buildFault } from '../../support/build-fault';
import { EVENING_MS, EveningWorld, SHIFT } from '../../support/EveningWorld';

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

test('where the undo cannot be ordered nobody is locked', async () => {
  world.platform.onScheduleAt = () => Promise.reject(new Error('no room'));

  await world.run(SHIFT);

  expect(world.platform.batches).toEqual([]);
  expect(world.records.batches.size).toBe(0);
  expect(world.lastReport).toMatchObject({
    status: 'refused',
    stopReason: { code: 'UNLOCK_NOT_ORDERED', usersChanged: 'no', message: expect.stringContaining('no room') }
  });
  expect(world.record()).toMatchObject({ status: 'refused', unlockRunId: null });
});

test('nor where the record cannot say so beforehand', async () => {
  world.records.onSave = (saved) => {
    if (saved.some((run) => 'unlockRunId' in run && run.unlockRunId !== null)) throw buildFault('RECORD_FAILED', 422);
  };

  await world.run(SHIFT);

  expect(world.platform.scheduledAt).toEqual([]);
  expect(world.locked).toEqual([]);
  expect(world.lastReport).toMatchObject({ stopReason: { code: 'UNLOCK_NOT_ORDERED' } });
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

  for (const params of [SHIFT, { unlockAt: SHIFT.unlockAt, dryRun: true }]) {
    await world.run(params);
    expect(world.lastReport).toMatchObject({
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
  expect(world.lastReport).toMatchObject({
    status: 'refused',
    stopReason: { code: 'INVALID_PARAMETERS', message: expect.stringContaining(message) }
  });
});

test('an undo that cannot be ordered again says how to let people in by hand', async () => {
  await world.run(SHIFT);
  world.platform.onScheduleAt = () => Promise.reject(new Error('down'));
  await world.run({ undo: 'shift', runId: world.record().unlockRunId, notBefore: '2026-07-02T04:00:00Z' });

  expect(world.lastReport).toMatchObject({
    status: 'failed',
    stopReason: { code: 'NOT_QUEUED', nextStep: 'Let people in by hand then: {"undo": "shift"}.' }
  });
  expect(world.locked).toHaveLength(6);
});
