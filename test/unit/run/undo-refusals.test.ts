import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';

let on: UndoFixture;
beforeEach(() => {
  on = new UndoFixture();
});

const HELD = { leaseExpiresAtMs: 5_000_000, leaseHolder: 'invocation 1, x' };
test.each<[string, object, string, string]>([
  ['a running run', { status: 'running', ...HELD }, 'RUN_UNDER_WAY', 'A run is under way: run-x'],
  ['a starting run', { status: 'starting', ...HELD }, 'RUN_UNDER_WAY', 'A run is under way: run-x'],
  ['a run that continues', { status: 'continues', ...HELD }, 'RUN_UNDER_WAY', 'A run is under way: run-x'],
  ['a dry run', { status: 'planned' }, 'NOT_UNDOABLE', 'it was a dry run and changed nobody'],
  ['a refused run', { status: 'refused' }, 'NOT_UNDOABLE', 'it was refused and locked nobody'],
  ['a requested run', { status: 'requested' }, 'NOT_UNDOABLE', 'it has not begun'],
  ['a draft', { status: null }, 'NOT_UNDOABLE', 'it has not begun'],
  ['an unlock', { status: 'done', action: 'unlock' }, 'NOT_UNDOABLE', 'it unlocked users'],
  ['a sign-out', { status: 'done', action: 'reauthenticate' }, 'NOT_UNDOABLE', 'it signed users out and locked nobody'],
  ['an unknown run', { runId: 'another' }, 'NO_RECORD', 'There is no record of a run run-x']
])(
  'undo of %s is refused clearly, as a dry run too, and the record of the undo says so',
  async (_name, values, code, sentence) => {
    for (const dryRun of [true, false]) {
      on.records.runs.clear();
      on.records.add({ runId: 'run-x', action: 'lock', ...values });
      const report = await on.undo('run-x', { dryRun });

      expect(report).toMatchObject({
        status: 'refused',
        counts: { selected: 0 },
        stopReason: { code, usersChanged: 'no' }
      });
      expect(report.stopReason?.message).toContain(sentence);
      expect([...on.records.runs.values()].at(-1)).toMatchObject({
        status: 'refused',
        message: report.stopReason?.message
      });
    }
    expect(on.platform.singles).toEqual([]);
  }
);

test('without a record undo is refused, and says what to do instead', async () => {
  on.platform.records = undefined;

  const report = await on.undo('run-x');

  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'NO_RECORD' } });
  expect(report.stopReason?.message).toContain('To unlock users, name them: {"action": "unlock", "userIds": ["…"]}');
  expect(on.platform.scheduled).toEqual([]);
});

test('a run that locked nobody is undone already', async () => {
  on.records.add({ runId: 'run-x', action: 'lock', status: 'done' });

  expect(await on.undo('run-x')).toMatchObject({
    status: 'done',
    counts: { selected: 0 },
    stopReason: { code: 'ALREADY_UNDONE', message: expect.stringContaining('Run run-x locked nobody.') }
  });
});

test('a record that was tampered with ends the undo before anything is sent', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  for (const batch of on.records.batches.values()) batch.userIds = 'x';

  expect(await on.undo(locked.runId)).toMatchObject({
    status: 'failed',
    stopReason: { code: 'RECORD_FAILED', usersChanged: 'no' }
  });
  expect(on.platform.singles).toEqual([]);
});

test('an undo that is refused does not mark the run as undone', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();

  expect(await on.undo(locked.runId, { maxUsers: 1 })).toMatchObject({ status: 'refused' });
  expect(on.record(locked.runId)?.undoneBy).toBeNull();
});

test('a run that goes on does so after an undo of it was refused', async () => {
  const answer = on.platform.answerBatch;
  let sent = 0;
  on.platform.answerBatch = (operations) => {
    if (++sent === 2) on.platform.clock.now += 275_000;
    return answer(operations);
  };
  await runOnFake(on.platform, { runId: 'shift', batchSize: 2, concurrency: 1 });
  const { ordered } = on;
  on.passTime(60);
  expect(await on.undo('shift', { maxUsers: 1 })).toMatchObject({ status: 'refused' });

  expect(await runOnFake(on.platform, ordered)).toMatchObject({ status: 'done' });
  expect(on.locked).toHaveLength(6);
});

test('an undo that is refused leaves the mark of the one before it', async () => {
  const locked = await runOnFake(on.platform);
  on.passTime();
  Object.assign(on.record(locked.runId) ?? {}, { undoneBy: 'earlier' });
  expect(await on.undo(locked.runId, { maxUsers: 1 })).toMatchObject({ status: 'refused' });

  expect(on.record(locked.runId)?.undoneBy).toBe('earlier');
});
