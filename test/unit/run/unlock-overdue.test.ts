import { buildFault } from '../../support/build-fault';
import { DAY_MS, EVENING_MS, EveningWorld, MINUTE_MS, MORNING_MS, SHIFT } from '../../support/EveningWorld';
import { userId } from '../../support/user-id';

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

test('an undo that is a day late waits until the next evening is over, and a morning later everybody is in', async () => {
  world.deliveries = (atMs) => [atMs === MORNING_MS ? EVENING_MS + DAY_MS + 60 * MINUTE_MS : atMs];
  await world.run(SHIFT);
  world.platform.locked.delete(userId(2));
  await world.passUntil(EVENING_MS + DAY_MS);
  await world.run({ unlockAt: SHIFT.unlockAt });

  expect(world.lastReport).toMatchObject({
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
  await world.run({ ...SHIFT, userIds: [userId(1), userId(2)] });
  await world.passUntil(MORNING_MS + MINUTE_MS);
  await world.run({ userIds: [userId(3)], unlockAt: '18:00 Europe/Berlin' });

  await world.passUntil(MORNING_MS + 40 * MINUTE_MS);

  expect(world.locked).toEqual([userId(3)]);
});

describe('a run whose users should have been let in', () => {
  beforeEach(async () => {
    world.deliveries = () => [];
    await world.run(SHIFT);
  });
  const warnings = (): unknown => world.lastReport?.warnings;

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
      throw buildFault('RECORD_FAILED', 422);
    };

    await world.run({});
    expect(world.lastReport).toMatchObject({ status: 'done' });
    expect(asked).toBeGreaterThan(0);
    asked = 0;
    world.records.missingFields = [{ name: 'lock_run.unlock_at', isNeeded: false }];
    await world.run({});
    expect(asked).toBe(0);
  });
});
