import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

test('the status of a run some of whose batches are not shown does not pass for that of all its users', async () => {
  const fixture = new UndoFixture();
  await runOnFake(fixture.platform, { runId: 'shift', batchSize: 1 });
  const [first] = [...fixture.records.batches.keys()];
  fixture.records.batches.delete(first ?? '');

  expect(await fixture.undo('shift', { dryRun: true })).toMatchObject({ stopReason: { code: 'RECORD_FAILED' } });
  expect(await runOnFake(fixture.platform, { action: 'status', run: 'shift' })).toMatchObject({
    stopReason: { code: 'RECORD_FAILED' }
  });
});

test('the status of a run whose batches were deleted says so, and not that it locked nobody', async () => {
  const fixture = new UndoFixture();
  await runOnFake(fixture.platform, { runId: 'shift' });
  await fixture.undo('shift');
  fixture.passTime(60 * 24 * 3);
  await runOnFake(fixture.platform, { runId: 'other', action: 'reauthenticate' }, { keepDays: 1 });

  const report = await runOnFake(fixture.platform, { action: 'status', run: 'shift' });

  expect(report.stopReason?.message).toContain('deleted');
});
