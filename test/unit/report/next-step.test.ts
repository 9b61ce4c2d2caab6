import { nextStep } from '../../../cloudcode/lock_users/src/report/next-step';
import type { EndedRun } from '../../../cloudcode/lock_users/src/report/next-step';
import { RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { UndoFixture } from '../../support/UndoFixture';

const NONE = { selected: 5, protected: 0, excluded: 0, planned: 0, failed: 0, unconfirmed: 0, notAttempted: 0 };
const LOCKED: EndedRun = {
  runId: 'r',
  action: 'lock',
  status: 'done',
  dryRun: false,
  counts: { ...NONE, planned: 5, locked: 5 },
  isRecorded: true,
  backInAt: undefined,
  stopNextStep: undefined
};
const NOBODY = { ...LOCKED, counts: { ...NONE, locked: 0 } };
const UNLOCKED: EndedRun = { ...LOCKED, action: 'unlock', counts: { ...NONE, unlocked: 5 } };

test.each<[string, EndedRun, string]>([
  ['a lock', LOCKED, 'To let them back in: {"undo": "r"}'],
  [
    'a lock with unlockAt',
    { ...LOCKED, backInAt: '2026-07-02 06:00 Europe/Berlin (2026-07-02T04:00:00Z)', unlockRunId: 'u' },
    'They are let back in at 2026-07-02 06:00 Europe/Berlin (2026-07-02T04:00:00Z). To let them in earlier: {"undo": "r"}'
  ],
  [
    'a lock without a record',
    { ...LOCKED, isRecorded: false },
    'To let them back in: {"action": "unlock"}. It lets in whoever was locked by hand, too.'
  ],
  ['a lock of nobody', NOBODY, 'No action needed.'],
  [
    'a lock of nobody that was to let people in, where others were locked before',
    { ...NOBODY, backInAt: '2026-07-02T04:00:00Z', counts: { ...NOBODY.counts, alreadyLocked: 1 } },
    'This run has locked nobody, so it orders no undo of its own: 1 user was locked before.'
  ],
  [
    'a lock that has not got to anybody yet',
    {
      ...NOBODY,
      status: 'continues',
      backInAt: '2026-07-02T04:00:00Z',
      counts: { ...NOBODY.counts, alreadyLocked: 1 }
    },
    'No action needed.'
  ],
  ['a lock that earlier invocations did', { ...NOBODY, earlier: { locked: 3 } }, 'To let them back in: {"undo": "r"}'],
  [
    'a lock of which one answer was lost',
    { ...LOCKED, status: 'partial', counts: { ...NONE, unconfirmed: 1 } },
    'Run the task again; it finishes what is missing. To let them back in: {"undo": "r"}'
  ],
  [
    'a lock of which one user failed',
    { ...NOBODY, status: 'partial', counts: { ...NONE, failed: 1 } },
    'Run the task again; it finishes what is missing.'
  ],
  [
    'a lock that did not get to one user',
    { ...NOBODY, status: 'partial', counts: { ...NONE, notAttempted: 1 } },
    'Run the task again; it finishes what is missing.'
  ],
  [
    'a lock whose record says when it is undone',
    { ...LOCKED, unlockRunId: 'u' },
    'They are let back in at the time in the record. To let them in earlier: {"undo": "r"}'
  ],
  [
    'a lock that goes on',
    { ...LOCKED, status: 'continues', stopNextStep: 'Invocation 2 is scheduled and goes on by itself.' },
    'Invocation 2 is scheduled and goes on by itself. To let them back in: {"undo": "r"}'
  ],
  ['a run that had to wait', { ...NOBODY, status: 'refused', stopNextStep: 'Wait.' }, 'Wait.'],
  [
    'a dry run',
    { ...NOBODY, status: 'planned', dryRun: true, counts: { ...NONE, planned: 5, notAttempted: 5 } },
    'Nothing was sent. To carry it out, start it with the same parameters without "dryRun".'
  ],
  ['a plan where nothing is armed', { ...NOBODY, status: 'planned', dryRun: true, stopNextStep: 'Arm it.' }, 'Arm it.'],
  ['an undo', { ...UNLOCKED, undoes: 'r' }, 'No action needed.'],
  [
    'an unlock',
    UNLOCKED,
    'This let in whoever was locked by hand, too. An undo of the lock run would have left those locked: {"undo": "<its run id>"}'
  ],
  [
    'a sign-out',
    { ...LOCKED, action: 'reauthenticate', counts: { ...NONE, reauthenticated: 5 } },
    'They come back by signing in.'
  ],
  [
    'a sign-out of nobody',
    { ...LOCKED, action: 'reauthenticate', counts: { ...NONE, reauthenticated: 0 } },
    'No action needed.'
  ],
  ['a look at a run', { ...NOBODY, action: 'status', status: 'planned', dryRun: true }, 'No action needed.']
])('%s says what comes next', (_run, run, text) => {
  expect(nextStep(run)).toBe(text);
});

test('it stands in the report and in the log, after the result', async () => {
  const { platform } = new UndoFixture();
  const log = new RecordingLog();

  const report = await runOnFake(platform, {}, {}, log);

  const text = `To let them back in: {"undo": "${report.runId}"}`;
  expect(report.nextStep).toBe(text);
  expect(log.lines.slice(-3)).toEqual([
    expect.stringContaining('Result: done: 6 locked'),
    text,
    expect.stringContaining(JSON.stringify(text))
  ]);
});

test('a run that finds another under way is told until when to wait, and how to end its lease', async () => {
  const fixture = new UndoFixture();
  fixture.platform.clock.now = Date.parse('2026-07-01T20:00:00Z');
  const { id } = await fixture.kill();
  fixture.platform.clock.now = Date.parse('2026-07-01T20:01:00Z');

  expect((await runOnFake(fixture.platform)).nextStep).toMatch(
    new RegExp(
      `^Wait until it has ended, at 2026-07-01T20:05:30Z at the latest, .*"interrupted" in its record \\(lock_run ${id}\\) ends`
    )
  );
});
