import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import { buildReport } from '../../../cloudcode/lock_users/src/report/build-report';
import type { ReportInput } from '../../../cloudcode/lock_users/src/report/build-report';
import { lockGoal } from '../../../cloudcode/lock_users/src/actions/lock';
import { notArmed, tooManyUsers } from '../../../cloudcode/lock_users/src/reasons/plan-reasons';
import { VERSION } from '../../../cloudcode/lock_users/src/version';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { Failure, OutcomeCounts, PlanCounts } from '../../../cloudcode/lock_users/src/users/outcomes';
import { userId } from '../../support/user-id';

const FAILURE = { userId: userId(1), outcome: 'failed', type: 'T', detail: 'd' } as const;
const TIME_BUDGET = { code: 'TIME_BUDGET', message: 'The time is used up.', nextStep: 'Wait.' } as const;
const NEXT = {
  runId: 'run-1',
  invocation: 2,
  startedAtMs: 0,
  idleInvocations: 0,
  doneSeen: 1,
  done: 1,
  unconfirmed: 0,
  resetSessions: 0,
  bucket: { tokens: 1, rate: 1, atMs: 0 }
};
const UNREACHABLE = backendError('BACKEND_UNREACHABLE', 'GET users failed: refused.').details;

type Changes = Partial<Pick<ReportInput, 'stop' | 'next' | 'verified' | 'resetEarlier' | 'sessions'>> & {
  dryRun?: boolean;
  invocation?: number;
  doneEarlier?: number;
  reason?: string;
  planned?: number;
  plan?: PlanCounts;
  outcomes?: OutcomeCounts;
  failures?: readonly Failure[];
  turnedReset?: [string, number][];
};

function parts(changes: Changes = {}): ReportInput {
  const { planned = 2, plan, outcomes, failures = [], turnedReset = [], ...others } = changes;
  const { dryRun = false, invocation = 1, doneEarlier = 0, reason, ...rest } = others;
  const parameters = parseParameters(reason === undefined ? {} : { reason });
  const requests = { info: 1, database: 2, users: 3, batch: 4, single: 6, record: 5, retried: 0, rateLimited: 0 };
  return {
    context: {
      parameters,
      runId: 'run-1',
      invocation,
      dryRun,
      beganAtMs: 1000,
      ports: { clock: { monotonicMs: () => 1005 } },
      sender: { requests },
      warnings: { list: [] }
    },
    deployment: { label: 'Fake', environment: 'testing', backendId: '64b0c0ffee64b0c0ffee64b0' },
    roster: {
      goal: lockGoal(false),
      isComplete: true,
      countPlan: () =>
        plan ?? { selected: planned + 6, protected: 1, excluded: 2, already: 3, skipped: 0, gone: 0, planned },
      countOutcomes: () => outcomes ?? { done: planned, failed: 0, unconfirmed: 0, notAttempted: 0 },
      listFailures: (most) => failures.slice(0, most),
      listTurnedReset: () => new Map(turnedReset),
      listSkipped: () => [],
      listOutside: () => [],
      listKeptOut: () => []
    },
    verified: true,
    doneEarlier,
    resetEarlier: 0,
    ...rest
  };
}

test('a report has the counts, the requests and their total', () => {
  expect(buildReport(parts({ reason: 'release' }))).toEqual({
    version: VERSION,
    runId: 'run-1',
    action: 'lock',
    status: 'done',
    dryRun: false,
    invocation: 1,
    verified: true,
    reason: 'release',
    deployment: { label: 'Fake', environment: 'testing', backendId: '64b0c0ffee64b0c0ffee64b0' },
    counts: {
      selected: 8,
      protected: 1,
      excluded: 2,
      alreadyLocked: 3,
      planned: 2,
      locked: 2,
      failed: 0,
      unconfirmed: 0,
      notAttempted: 0
    },
    failures: [],
    requests: { total: 21, info: 1, database: 2, users: 3, batch: 4, single: 6, record: 5, retried: 0, rateLimited: 0 },
    nextStep: expect.any(String),
    durationMs: 5
  });
});

const NOBODY = { done: 0, failed: 0, unconfirmed: 0, notAttempted: 2 };
test.each<[string, string, Changes]>([
  ['done', 'every planned user is locked', {}],
  ['done', 'nobody was planned', { planned: 0, outcomes: { ...NOBODY, notAttempted: 0 } }],
  ['continues', 'the next invocation is ordered', { outcomes: NOBODY, stop: TIME_BUDGET, next: NEXT }],
  ['failed', 'the time is used up and no invocation could be ordered', { outcomes: NOBODY, stop: TIME_BUDGET }],
  ['stalled', 'it gave up', { outcomes: NOBODY, stop: { ...TIME_BUDGET, code: 'STALLED' } }],
  ['planned', 'it was a dry run', { dryRun: true, outcomes: NOBODY }],
  ['planned', 'the deployment is not armed', { dryRun: true, outcomes: NOBODY, stop: notArmed() }],
  ['refused', 'it was told to lock and is not armed', { outcomes: NOBODY, stop: notArmed() }],
  ['refused', 'the plan is too large', { outcomes: NOBODY, stop: tooManyUsers('lock', 2, 1) }],
  [
    'refused',
    'the plan of a dry run is too large',
    { dryRun: true, outcomes: NOBODY, stop: tooManyUsers('lock', 2, 1) }
  ],
  ['partial', 'one failed', { outcomes: { ...NOBODY, done: 1, failed: 1, notAttempted: 0 }, failures: [FAILURE] }],
  [
    'partial',
    'one is unconfirmed',
    { outcomes: { ...NOBODY, unconfirmed: 1, notAttempted: 1 }, failures: [{ ...FAILURE, outcome: 'unconfirmed' }] }
  ],
  ['partial', 'all are locked but could not be verified', { stop: UNREACHABLE }],
  ['failed', 'all failed', { planned: 1, outcomes: { ...NOBODY, failed: 1, notAttempted: 0 }, failures: [FAILURE] }],
  ['failed', 'it stopped before anybody was locked', { outcomes: NOBODY, stop: UNREACHABLE }],
  ['failed', 'a dry run could not read the users', { dryRun: true, outcomes: NOBODY, stop: UNREACHABLE }]
])('a run is %s where %s', (status, _when, changes) => {
  expect(buildReport(parts(changes)).status).toBe(status);
});

test.each<[string, OutcomeCounts, readonly Failure[], string]>([
  ['no user was changed', NOBODY, [], 'No user was changed.'],
  ['some users were locked', { ...NOBODY, done: 1, notAttempted: 1 }, [], 'Some users were changed before that.'],
  [
    'some users may be',
    { ...NOBODY, unconfirmed: 1, notAttempted: 1 },
    [{ ...FAILURE, outcome: 'unconfirmed' }],
    'Some users may have been changed.'
  ]
])('the stop reason says that %s', (_name, outcomes, failures, sentence) => {
  const { stopReason } = buildReport(parts({ outcomes, failures, stop: UNREACHABLE }));

  expect(stopReason?.message).toBe(`GET users failed: refused. ${sentence} ${UNREACHABLE.nextStep}`);
});

test.each<[string, Changes]>([
  ['planned users', { outcomes: { ...NOBODY, done: 1 } }],
  ['selected users', { plan: { selected: 9, protected: 0, excluded: 0, already: 0, skipped: 0, gone: 0, planned: 2 } }],
  ['listed failures', { outcomes: { ...NOBODY, failed: 1, notAttempted: 1 } }]
])('a report whose %s do not add up is a bug and says so', (_name, changes) => {
  expect(() => buildReport(parts(changes))).toThrow('This is a bug in lock_users');
});

test('at most 10 000 failures are named, and the others are counted', () => {
  const failures = Array.from({ length: 10_002 }, (_, n) => ({ ...FAILURE, userId: userId(n) }));
  const outcomes = { done: 0, failed: 10_002, unconfirmed: 0, notAttempted: 0 };

  const report = buildReport(parts({ planned: 10_002, outcomes, failures }));

  expect(report.failures).toHaveLength(10_000);
  expect(report.failuresOmitted).toBe(2);
});

test('sessions that turned RESET are reported, those of earlier invocations without a name', () => {
  const report = buildReport(parts({ turnedReset: [[userId(1), 2]], resetEarlier: 3 }));

  expect(report.resetSessions).toEqual({ count: 5, userIds: [userId(1)] });
});

test('a later invocation says what the earlier ones did', () => {
  expect(buildReport(parts({ invocation: 3, doneEarlier: 7 }))).toMatchObject({
    invocation: 3,
    earlier: { locked: 7 }
  });
});
