import { EVENING_MS, EveningWorld, MINUTE_MS, MORNING_MS, SHIFT } from '../../support/EveningWorld';

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

describe('on a deployment that was disarmed since', () => {
  let disarmed: EveningWorld;
  beforeEach(async () => {
    await world.run(SHIFT);
    disarmed = Object.assign(new EveningWorld(MORNING_MS, { armed: false }), { platform: world.platform });
    world.platform.clock.now = MORNING_MS;
  });
  const undo = (): Record<string, unknown> => ({
    undo: 'shift',
    runId: world.record().unlockRunId,
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
  await world.run(SHIFT);
  Object.assign(world.record(), { unlockAtMs: null });
  await world.passUntil(MORNING_MS + 60 * MINUTE_MS);

  expect(world.lastReport).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(world.locked).toHaveLength(6);
});

test('who changes the time in the record moves the undo', async () => {
  await world.run(SHIFT);
  Object.assign(world.record(), { unlockAtMs: MORNING_MS + 120 * MINUTE_MS });
  await world.passUntil(MORNING_MS + 119 * MINUTE_MS);
  expect(world.locked).toHaveLength(6);

  await world.passUntil(MORNING_MS + 120 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});
