import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

test('"last" is one run that has two records, because an invocation was not shown the first', async () => {
  const fixture = new UndoFixture();
  const { runId } = await runOnFake(fixture.platform);
  const record = fixture.record(runId);
  fixture.records.add({ ...record, id: fixture.records.newRun().id, startedAtMs: (record?.startedAtMs ?? 0) + 1 });
  fixture.passTime();

  const report = await fixture.undo('last');

  expect(report).toMatchObject({ status: 'done', undoes: runId, counts: { unlocked: 6 } });
});

test('"last" is no unlock that may have changed somebody', async () => {
  const fixture = new UndoFixture();
  const { runId } = await runOnFake(fixture.platform);
  fixture.passTime();
  fixture.records.add({
    runId: 'lets-in',
    action: 'unlock',
    status: 'partial',
    unconfirmed: 3,
    startedAtMs: fixture.platform.clock.now
  });

  expect(await fixture.undo('last')).toMatchObject({ status: 'done', undoes: runId });
});
