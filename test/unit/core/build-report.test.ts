import { buildReport } from '../../../cloudcode/lock_users/src/core/build-report';
import type { ReportParts } from '../../../cloudcode/lock_users/src/core/build-report';
import { describeNotArmed, describeTooManyUsers } from '../../../cloudcode/lock_users/src/core/check-permission';
import { backendError } from '../../../cloudcode/lock_users/src/core/classify-answer';
import { userId } from '../../support/user-id';

const FAILURE = { userId: userId(1), outcome: 'failed', type: 'T', detail: 'd' } as const;
const UNREACHABLE = backendError('BACKEND_UNREACHABLE', 'GET users failed: refused.').parts;

function parts(changes: Partial<ReportParts> & { planned?: number } = {}): ReportParts {
  const { planned = 2, ...rest } = changes;
  return {
    runId: 'run-1',
    dryRun: false,
    deployment: { label: 'Fake', environment: 'testing', backendId: '64b0c0ffee64b0c0ffee64b0' },
    plan: { plannedIds: [], counts: { selected: planned + 6, protected: 1, excluded: 2, alreadyLocked: 3, planned } },
    outcomes: { locked: planned, failed: 0, unconfirmed: 0, notAttempted: 0 },
    failures: [],
    requests: { info: 1, database: 2, users: 3, batch: 4 },
    durationMs: 5,
    ...rest
  };
}

test('a report has the counts, the requests and their total', () => {
  expect(buildReport(parts({ reason: 'release' }))).toEqual({
    runId: 'run-1',
    action: 'lock',
    status: 'done',
    dryRun: false,
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
    requests: { total: 10, info: 1, database: 2, users: 3, batch: 4 },
    durationMs: 5
  });
});

const NOBODY = { locked: 0, failed: 0, unconfirmed: 0, notAttempted: 2 };
test.each<[string, string, Parameters<typeof parts>[0]]>([
  ['done', 'every planned user is locked', {}],
  ['done', 'nobody was planned', { planned: 0, outcomes: { ...NOBODY, notAttempted: 0 } }],
  ['planned', 'it was a dry run', { dryRun: true, outcomes: NOBODY }],
  ['planned', 'the deployment is not armed', { dryRun: true, outcomes: NOBODY, stop: describeNotArmed() }],
  ['refused', 'it was told to lock and is not armed', { outcomes: NOBODY, stop: describeNotArmed() }],
  ['refused', 'the plan is too large', { outcomes: NOBODY, stop: describeTooManyUsers(2, 1) }],
  [
    'refused',
    'the plan of a dry run is too large',
    { dryRun: true, outcomes: NOBODY, stop: describeTooManyUsers(2, 1) }
  ],
  ['partial', 'one failed', { outcomes: { ...NOBODY, locked: 1, failed: 1, notAttempted: 0 }, failures: [FAILURE] }],
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

test.each<[string, ReportParts['outcomes'], ReportParts['failures'], string]>([
  ['no user was changed', NOBODY, [], 'No user was changed.'],
  ['some users were locked', { ...NOBODY, locked: 1, notAttempted: 1 }, [], 'Some users were locked before that.'],
  [
    'some users may be',
    { ...NOBODY, unconfirmed: 1, notAttempted: 1 },
    [{ ...FAILURE, outcome: 'unconfirmed' }],
    'Some users may have been locked.'
  ]
])('the stop reason says that %s', (_name, outcomes, failures, sentence) => {
  const { stopReason } = buildReport(parts({ outcomes, failures, stop: UNREACHABLE }));

  expect(stopReason?.message).toBe(`GET users failed: refused. ${sentence} ${UNREACHABLE.nextStep}`);
});

test.each<[string, Partial<ReportParts>]>([
  ['planned users', { outcomes: { ...NOBODY, locked: 1 } }],
  [
    'selected users',
    { plan: { plannedIds: [], counts: { selected: 9, protected: 0, excluded: 0, alreadyLocked: 0, planned: 2 } } }
  ],
  ['listed failures', { outcomes: { ...NOBODY, failed: 1, notAttempted: 1 } }]
])('a report whose %s do not add up is a bug and says so', (_name, changes) => {
  expect(() => buildReport(parts(changes))).toThrow('This is a bug in lock_users');
});
