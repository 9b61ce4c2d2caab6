import { EVENING_MS, EveningWorld, MORNING_MS, SHIFT } from '../../support/EveningWorld';
import { runOnFake } from '../../support/run-on-fake';

test('an ordered undo that finds another run under way, and that one queue does not take, comes back by the other', async () => {
  const world = new EveningWorld(EVENING_MS);
  const { platform, records } = world;
  await world.run(SHIFT);
  const undo = { undo: 'shift', runId: world.lastUndo, notBefore: '2026-07-02T04:00:00Z' };
  platform.clock.now = MORNING_MS;
  records.add({ runId: 'other', status: 'running', startedAtMs: MORNING_MS, leaseExpiresAtMs: MORNING_MS + 100_000 });
  Object.assign(platform.scheduled, {
    push: () => {
      throw new Error('The queue is down.');
    }
  });

  const report = await runOnFake(platform, undo);

  expect(report.status).toBe('queued');
  expect(platform.scheduledAt).toMatchObject([{ parameters: undo }]);
});
