import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import { RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';
import { userId } from '../../support/user-id';

let fixture: UndoFixture;
beforeEach(() => {
  fixture = new UndoFixture();
  fixture.platform.clock.now = Date.parse('2026-07-01T20:00:00Z');
});

const lock = (params: object = {}): ReturnType<typeof runOnFake> => runOnFake(fixture.platform, params);

test('"last" is the one lock run of the last day; report, record and log name its id', async () => {
  const { runId } = await lock({ reason: 'Release 7' });
  const log = new RecordingLog();

  const report = await fixture.undo('last', {}, log);

  expect(report).toMatchObject({ status: 'done', undoes: runId, counts: { unlocked: 6 } });
  expect(fixture.record(report.runId)?.parameters).toBe(JSON.stringify({ undo: runId }));
  expect(log.lines).toContain(`The last run is ${runId} (2026-07-01T20:00:00Z, 6 users locked, "Release 7").`);
  expect(fixture.locked).toEqual([]);
});

test('an undo of "last" that goes on is about the same run, whatever has locked since', async () => {
  const { runId } = await lock();
  fixture.slowDown();
  await runOnFake(fixture.platform, { undo: 'last', concurrency: 1 }, { budgetMs: 3500 });
  const next = fixture.ordered;

  expect(next).toMatchObject({ undo: runId });
});

test('one that was killed and comes again is about the same run, too', async () => {
  const { runId } = await lock();
  Object.assign(fixture.record(runId) ?? {}, { undoneBy: 'morning' });
  fixture.platform.locked.delete(userId(1));
  await lock();

  expect(await fixture.undo('last', { runId: 'morning' })).toMatchObject({ undoes: runId });
});

test.each<[string, (fixture: UndoFixture) => Promise<unknown>]>([
  ['there was none', () => Promise.resolve()],
  ['it was a dry run', () => lock({ dryRun: true })],
  ['it was refused', () => lock({ maxUsers: 1 })],
  [
    'it found everybody locked',
    async () => (
      await lock(),
      await fixture.undo('last'),
      fixture.platform.ids.forEach((id) => fixture.platform.locked.add(id)),
      lock()
    )
  ],
  ['it was undone', async () => (await lock(), fixture.undo('last'))],
  ['it signed people out', () => lock({ action: 'reauthenticate' })],
  ['it began more than a day ago', async () => (await lock(), fixture.passTime(24 * 60 + 1))],
  ['it selected by ids', () => lock({ userIds: [userId(1)] })]
])('nobody is unlocked where %s', async (name, prepare) => {
  await prepare(fixture);
  const before = fixture.locked;

  const report = await fixture.undo('last');

  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'NOT_UNDOABLE', usersChanged: 'no' } });
  expect(report.stopReason?.message.includes('userIds')).toBe(name.includes('ids'));
  expect(fixture.locked).toEqual(before);
  expect(fixture.record(report.runId)).toBeUndefined();
});

test('of several nothing is undone, and each is named with its time, count and reason', async () => {
  await lock({ where: ['role = ?', 'driver'], maxUsers: 6, reason: 'Drivers' });
  fixture.platform.locked.delete(userId(2));
  fixture.passTime(60);
  await lock();

  expect(await fixture.undo('last')).toMatchObject({
    status: 'refused',
    stopReason: {
      code: 'SEVERAL_RUNS',
      message: expect.stringMatching(
        /^"last" may mean 2 runs: [\w-]+ \(2026-07-01T21:00:00Z, 1 user locked, no reason given\); [\w-]+ \(2026-07-01T20:00:00Z, 6 users locked, "Drivers"\)\. /
      )
    }
  });
  expect(fixture.locked).toHaveLength(6);
});

test('a run that was killed can be meant', async () => {
  await fixture.kill();

  expect(await fixture.undo('last')).toMatchObject({ status: 'done', undoes: 'shift', counts: { unlocked: 2 } });
});

test('no run is called "last"', () => {
  expect(() => parseParameters({ runId: 'last' })).toThrow('"runId" cannot be "last"');
});
