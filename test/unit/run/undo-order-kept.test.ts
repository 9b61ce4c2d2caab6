import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

const PARAMS = { unlockAt: '1970-01-01T06:00:00Z' };

test('a run that comes again after a crash, and cannot order its undo again, still names the one that it has ordered', async () => {
  const fixture = new UndoFixture();
  const { platform } = fixture;
  const killed: RunRecord = await fixture.kill(PARAMS);
  const ordered = platform.scheduledAt[0]?.parameters['runId'];
  expect(killed.unlockRunId).toBe(ordered);
  platform.onScheduleAt = () => Promise.reject(new Error('The queue is down.'));

  const report = await runOnFake(platform, { runId: 'shift', batchSize: 2, ...PARAMS });

  expect(report.stopReason?.code).toBe('UNLOCK_NOT_ORDERED');
  expect(platform.locked.size).toBe(2);
  expect(fixture.record('shift')?.unlockRunId).toBe(ordered);
  // Disarmed, as when something looks wrong: the undo that was promised lets the two in all the same.
  platform.clock.now = Date.parse(PARAMS.unlockAt);
  const undo = platform.scheduledAt[0]?.parameters ?? {};
  expect(await runOnFake(platform, undo, { armed: false })).toMatchObject({ status: 'done', counts: { unlocked: 2 } });
});
