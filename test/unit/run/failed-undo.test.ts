import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { userId } from '../../support/user-id';
import { RecordingLog } from '../../support/fake-ports';
import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

const DAY_MINUTES = 1440;

let on: UndoFixture;
beforeEach(() => (on = new UndoFixture()));

/** The users cannot be read until the function that this returns is called. */
function refuseReading(): () => void {
  const read = on.platform.readUserStates.bind(on.platform);
  on.platform.readUserStates = () => Promise.reject(backendError('BACKEND_UNAUTHORIZED', 'The token is wrong.'));
  return () => void (on.platform.readUserStates = read);
}

test('an undo that could let nobody in leaves no mark, and the next one lets everybody in', async () => {
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  const allowReading = refuseReading();

  expect(await on.undo(runId)).toMatchObject({ status: 'failed', stopReason: { usersChanged: 'no' } });

  expect(on.record(runId)?.undoneBy).toBeNull();
  allowReading();
  expect(await on.undo(runId)).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
});

test('one that comes back and fails again leaves none either', async () => {
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  Object.assign(on.record(runId) ?? {}, { undoneBy: 'back' });
  refuseReading();

  expect(await on.undo(runId, { runId: 'back' })).toMatchObject({ status: 'failed' });

  expect(on.record(runId)?.undoneBy).toBeNull();
});

test('one that has let somebody in before it failed keeps its mark', async () => {
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  const unlock = on.platform.answerUnlock;
  on.platform.answerUnlock = (id) => {
    if (id !== userId(0)) throw backendError('BACKEND_UNAUTHORIZED', 'The token is wrong.');
    return unlock(id);
  };

  const undo = await on.undo(runId, { concurrency: 1 });

  expect(undo).toMatchObject({ status: 'partial', counts: { unlocked: 1 } });
  expect(on.record(runId)?.undoneBy).toBe(undo.runId);
});

test('one that was stopped when it had let somebody in keeps it as well', async () => {
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  const unlock = on.platform.answerUnlock;
  on.platform.answerUnlock = (id) => {
    on.platform.clock.now += 6000;
    Object.assign(on.record('back') ?? {}, { stopRequested: true });
    return unlock(id);
  };

  const undo = await on.undo(runId, { runId: 'back', concurrency: 1 });

  expect(undo).toMatchObject({ status: 'stopped', stopReason: { usersChanged: 'yes' } });
  expect(on.record(runId)?.undoneBy).toBe('back');
});

test('one that takes its mark back does not take that of another undo, which begins as soon as its record is closed', async () => {
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  refuseReading();
  on.records.onSave = (saved) => {
    if (saved.some((record) => 'status' in record && record.runId === 'back' && record.status === 'failed')) {
      Object.assign(on.record(runId) ?? {}, { undoneBy: 'another' });
    }
  };

  expect(await on.undo(runId, { runId: 'back' })).toMatchObject({ status: 'failed' });

  expect(on.record(runId)?.undoneBy).toBe('another');
});

test('a mark that cannot be taken back is told in the log, and the report stays', async () => {
  const log = new RecordingLog();
  const { runId } = await runOnFake(on.platform);
  on.passTime();
  refuseReading();
  on.records.onSave = ([record]) => {
    if (record !== undefined && 'undoneBy' in record && record.runId === runId && record.undoneBy === null) {
      throw backendError('BACKEND_UNREACHABLE', 'The database is down.', { network: 'timeout' });
    }
  };

  const undo = await runOnFake(on.platform, { undo: runId }, {}, log);

  expect(undo).toMatchObject({ status: 'failed', stopReason: { code: 'BACKEND_UNAUTHORIZED' } });
  expect(log.lines).toContainEqual(
    expect.stringMatching(/The database is down.*What the record says may be incomplete/)
  );
  expect(on.record(runId)?.undoneBy).not.toBeNull();
});

test('a run is warned of whose ordered undo could let nobody in', async () => {
  on.platform.clock.now = 0;
  await runOnFake(on.platform, { runId: 'shift', unlockAt: '1970-01-01T01:00:00Z' });
  const undo = on.platform.scheduledAt[0]?.parameters ?? {};
  const allowReading = refuseReading();
  // So late that it comes back no more.
  on.passTime(DAY_MINUTES + 120);
  expect(await runOnFake(on.platform, undo)).toMatchObject({ status: 'failed' });
  allowReading();

  const report = await runOnFake(on.platform, { runId: 'next', action: 'reauthenticate' });

  expect(report.warnings?.map(({ code }) => code)).toContain('UNLOCK_OVERDUE');
});
