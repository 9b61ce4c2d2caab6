import { DAY_MS, EVENING_MS, EveningWorld, MORNING_MS, SHIFT } from '../../support/EveningWorld';
import { RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';

let world: EveningWorld;
beforeEach(() => {
  world = new EveningWorld(EVENING_MS);
});

test('a lock run orders its own undo before it sends anybody; report, record and log say so', async () => {
  const log = new RecordingLog();
  let orderedWith = -1;
  world.platform.onScheduleAt = () => void (orderedWith = world.locked.length + world.platform.batches.length);

  const report = await runOnFake(world.platform, SHIFT, {}, log);

  const unlockRunId = world.record().unlockRunId ?? '';
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
  expect(world.record()).toMatchObject({ unlockAtMs: MORNING_MS, unlockRunId });
  expect(log.lines).toContain(
    `They are let back in at 2026-07-02 06:00 Europe/Berlin (2026-07-02T04:00:00Z): run ${unlockRunId} is ordered for it.`
  );
});

test('in the morning they are let in, and the undo stands in the record of the lock run', async () => {
  await world.run(SHIFT);
  await world.passUntil(MORNING_MS - 1);
  expect(world.locked).toHaveLength(6);

  await world.passUntil(MORNING_MS);

  expect(world.locked).toEqual([]);
  expect(world.record().undoneBy).toBe(world.record().unlockRunId);
  expect(world.lastReport).toMatchObject({ status: 'done', undoes: 'shift', counts: { unlocked: 6 } });
});

test('a dry run, and a run that has nobody to lock, order nothing', async () => {
  await world.run({ ...SHIFT, runId: 'dry', dryRun: true });
  world.platform.ids.forEach((id) => world.platform.locked.add(id));
  await world.run(SHIFT);

  expect(world.reports.map(({ status, unlockRunId }) => [status, unlockRunId])).toEqual([
    ['planned', undefined],
    ['done', undefined]
  ]);
  await world.passUntil(MORNING_MS + DAY_MS);
  expect(world.reports).toHaveLength(2);
});
