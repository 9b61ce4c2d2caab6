import { EVENING_MS, EveningWorld, MINUTE_MS, MORNING_MS, SHIFT } from '../../support/EveningWorld';
import { runOnFake } from '../../support/run-on-fake';

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

test('from then on the lock run sends nothing more; its undo waits for it, and lets in whom it locked', async () => {
  await world.passUntil(MORNING_MS - 150 * 1000);
  await world.run({ ...SHIFT, ...world.slowDown(1) });

  expect(world.lastReport).toMatchObject({
    status: 'partial',
    stopReason: { code: 'UNLOCK_DUE', usersChanged: 'yes' }
  });
  expect(world.platform.batches.length).toBeLessThan(5);
  expect(world.locked.length).toBe(world.platform.batches.length);
  await world.passUntil(MORNING_MS + 5 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});

test('an undo that finds the lock run under way comes back each minute, and is not given up', async () => {
  await world.run(SHIFT);
  const { id } = world.record();
  await world.passUntil(MORNING_MS - 1);
  const lease = { leaseHolder: 'x', leaseExpiresAtMs: MORNING_MS + 4 * MINUTE_MS };
  Object.assign(world.record(), { status: 'running', finishedAtMs: null, ...lease });

  await world.passUntil(MORNING_MS + 150 * 1000);
  expect(world.reports.slice(1).map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
  expect(world.locked).toHaveLength(6);
  await world.passUntil(MORNING_MS + 5 * MINUTE_MS);

  expect(world.locked).toEqual([]);
  expect(world.records.runs.get(id)?.undoneBy).toBe(world.record().unlockRunId);
});

test('a run that goes on keeps its time, its order and the end of its lease', async () => {
  const params = { ...SHIFT, ...world.slowDown(1) };
  await world.passUntil(MORNING_MS - 6 * MINUTE_MS);
  await runOnFake(world.platform, params, { budgetMs: 150_000 });

  expect(world.record()).toMatchObject({ status: 'continues', leaseExpiresAtMs: MORNING_MS });
  const [next] = world.platform.scheduled;
  expect(next?.parameters).toMatchObject({ unlockAt: '2026-07-02T04:00:00Z' });

  await world.passUntil(MORNING_MS + MINUTE_MS);
  const late = await runOnFake(world.platform, next?.parameters);
  expect(late).toMatchObject({ status: 'partial', stopReason: { code: 'UNLOCK_DUE' } });
  expect(world.platform.scheduledAt).toHaveLength(1);
});

test('an invocation that goes on in time orders nothing again', async () => {
  const params = { ...SHIFT, ...world.slowDown(1) };
  await runOnFake(world.platform, params, { budgetMs: 150_000 });
  const report = await runOnFake(world.platform, world.platform.scheduled[0]?.parameters);

  expect(report.unlockRunId).toBe(world.record().unlockRunId);
  expect(world.platform.scheduledAt).toHaveLength(1);
});

test('a run that waits beyond its time does not go on', async () => {
  await world.passUntil(MORNING_MS - 3 * MINUTE_MS);
  await runOnFake(world.platform, { ...SHIFT, ...world.slowDown(2) }, { budgetMs: 100_000 });

  expect(world.record()).toMatchObject({ status: 'continues' });
  await world.passUntil(MORNING_MS + 1);
  expect(await runOnFake(world.platform, world.platform.scheduled[0]?.parameters)).toMatchObject({ status: 'partial' });
  expect(world.record()).toMatchObject({ status: 'partial', leaseExpiresAtMs: null });
});

test('a killed run that comes again when its time is over locks nobody until the next morning', async () => {
  world.deliveries = () => [];
  await world.passUntil(MORNING_MS - 3 * MINUTE_MS);
  await world.runKilled({ ...SHIFT, batchSize: 1, concurrency: 1 }, 6);
  await world.passUntil(MORNING_MS + 20 * MINUTE_MS);

  expect(world.locked).toHaveLength(1);
  expect(world.record().unlockAtMs).toBe(MORNING_MS);
  expect(world.lastReport).toMatchObject({
    status: 'partial',
    unlockAt: '2026-07-02T04:00:00Z',
    stopReason: { code: 'UNLOCK_DUE', usersChanged: 'maybe' }
  });
});
