import { EVENING_MS, EveningWorld } from '../../support/EveningWorld';

const MORNING_MS = Date.parse('2026-07-02T04:00:00Z');

test('an ordered undo of a disarmed deployment comes back where the database shows no records for a while', async () => {
  const settings = { armed: true };
  const world = new EveningWorld(EVENING_MS, settings);
  await world.run({ runId: 'shift', unlockAt: '06:00 Europe/Berlin' });
  settings.armed = false;
  const findRuns = world.records.findRuns.bind(world.records);
  // The platform's client takes some errors for an empty list (observed).
  world.records.findRuns = (query) =>
    world.nowMs < MORNING_MS + 30_000 && world.nowMs >= MORNING_MS ? Promise.resolve([]) : findRuns(query);

  await world.passUntil(MORNING_MS + 3_600_000);

  expect(world.locked).toEqual([]);
});
