import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

test('a run whose undo was called off between two invocations does not say that people are let back in', async () => {
  const fixture = new UndoFixture();
  const { platform } = fixture;
  fixture.slowDown();
  const params = { runId: 'shift', batchSize: 1, concurrency: 1, canary: 0, unlockAt: '1970-01-01T06:00:00Z' };
  expect(await runOnFake(platform, params, { budgetMs: 3500 })).toMatchObject({ status: 'continues' });
  Object.assign(fixture.record('shift') ?? {}, { unlockAtMs: null });

  const report = await runOnFake(platform, fixture.ordered);

  expect(report).toMatchObject({ status: 'done' });
  expect(report.nextStep).toBe('To let them back in: {"undo": "shift"}');
});
