import type { Report, RunStatus, WarningCode } from '../../cloudcode/lock_users/src/report/Report';

// The words of the reference for what the code has as types. The compiler asks for each field, status and warning.

/** What each field of a report says, for people. */
export const REPORT_FIELDS: Readonly<Record<keyof Report, string>> = {
  version: 'The version of the task; the log and the record have it, too.',
  runId: "The run's id: an undo takes it.",
  action: 'What the run does: a value of the parameter `action`.',
  unlockAt: 'When the users are let back in, where `unlockAt` asks for it.',
  unlockRunId: 'The undo that the run has ordered for then.',
  undoes: 'With `undo`: the run that is undone.',
  status: 'How the invocation ended: see below.',
  dryRun: 'Whether the run only planned.',
  invocation: 'Which invocation of the run this is, from 1. A run takes several where five minutes are not enough.',
  verified: 'Whether the users were read again after the last batch. If not, the result rests on the answers alone.',
  reason: 'The `reason` of the parameters.',
  deployment: 'Label, environment and id of the deployment, as the deployment itself names them.',
  counts: 'How many users ended how: see the sums below.',
  protectedBy: 'Where somebody is protected: how many by id, and how many by rule. Who is both counts by id.',
  sessions:
    'With `reauthenticate`: how many sessions were to be signed out (`planned`), and how many are (`signedOut`).',
  stillLocked: 'How many users an unlock leaves locked without being excluded, and which and why, as far as they fit.',
  whoIsOut:
    'With `status`: how many of the selected users are [where](operating.md#who-is-out), and at most 100 of them.',
  earlier:
    'How many users earlier invocations of the run changed. Those count as `alreadyLocked` (or the like) in this one.',
  failures: 'Users that failed or are unconfirmed, and why; as many as fit in 1 MB.',
  failuresOmitted: 'How many of them are not named.',
  canary:
    'With `lock`: the users that this invocation sent first, what was seen of each, and whether the others could follow.',
  resetSessions:
    'Only if device sessions turned `RESET` during the run: somebody wiped devices, and it was not this task.',
  warnings: 'What a person should look at although the run went on: see below.',
  requests: 'Requests that left, by what they were for.',
  durationMs: 'How long the invocation took, in milliseconds.',
  stopReason:
    'Only where the run did less than it could: code, message, whether any user was changed, what to do next.',
  nextStep:
    'What comes next, after every ending: how to let people back in, until when to wait, or that nothing is needed.'
};

/** What each status means. */
export const STATUSES: Readonly<Record<RunStatus, string>> = {
  planned: 'A dry run, or a deployment that is not armed. Nothing was sent.',
  done: 'Every planned user is in the goal state; with `verified` the users API confirms it.',
  continues: 'The time of this invocation is used up. The next one is scheduled and goes on by itself.',
  partial: 'Some are, or may be. Run it again: it finishes what is missing (each run is undone by its own id).',
  refused:
    'Not armed, outside the window, nobody selected or protected by the rule, more users than allowed, another run is under way, or a run that cannot be undone. Nothing was sent.',
  queued: 'The run is scheduled on the queue `lock_users`, with its own log and report (webhook, web request).',
  stopped:
    'Somebody has asked it to stop (`stop_requested` of its record): [how to stop a run](operating.md#stopping-a-run).',
  stalled: 'The run gave up: two invocations in a row changed nobody, or there were 1000. Look at `stopReason`.',
  failed: 'Nobody was changed.'
};

/** What each warning is about, and what to do. */
export const WARNINGS: Readonly<Record<WarningCode, string>> = {
  SELECTION_UNSTABLE:
    'The list of the users kept shifting while it was read, and somebody may be missing. The run does not call itself verified. Run it again when fewer users come and go.',
  UNKNOWN_IDS:
    'Ids in `LOCK_USERS_PROTECTED`, `excludeUserIds` or `userIds` are not of this deployment. A protected id that matches nobody protects nobody: correct it before you arm. Where there are protected or excluded ids, nothing leaves before this is known.',
  NOT_IN_DATABASE: 'Users of the app are not in the app database. "Everybody" does not select them.',
  NOT_LISTED:
    'The users API does not show users that are selected. A lock is sent to them all the same, and an undo lets them in, also where they had been locked before.',
  MALFORMED_USERS: 'There are entries without a usable id, which are left alone.',
  CACHED_READS:
    "The users API answers out of a cache, although it is asked not to. What a user's change has come to may then stay `unconfirmed`. Nobody is signed out a second time on such evidence.",
  CANARY_SIGNED_IN:
    'Users that were [sent first](operating.md#a-few-users-first) are locked, and a session of theirs is still `ENROLLED`.',
  OLD_RECORD_MODELS:
    "The app's `lock_run` or `lock_run_batch` is an older copy, so the record leaves out the fields that are named. Copy the two models again: [older models](operating.md#older-models).",
  UNLOCK_OVERDUE:
    'An earlier run was to be undone by now (`unlockAt`), and no run has done it. The message has the parameters that do.',
  NOBODY_STAYS_OUT: 'Nobody matches `LOCK_USERS_STAY_OUT_WHERE`. If somebody has left, correct the rule.',
  RELATIONS_UNKNOWN:
    'The data model cannot be read. A relation in `where` (`depot = ?`) takes an object on the platform, and an id in its place selects the users without any; where the data model can be read such a `where` is refused. `depot_id = ?` is right.'
};

/** A report as a run of 200 users returns it. */
export const SAMPLE_REPORT: Report = {
  version: '0.1.0',
  runId: '0e6d1f3e-…',
  action: 'lock',
  status: 'done',
  dryRun: false,
  invocation: 1,
  verified: true,
  deployment: { label: 'Depot App Testing', environment: 'testing', backendId: '64b0…' },
  counts: {
    selected: 200,
    protected: 3,
    excluded: 0,
    alreadyLocked: 12,
    planned: 185,
    locked: 185,
    failed: 0,
    unconfirmed: 0,
    notAttempted: 0
  },
  protectedBy: { id: 1, rule: 2 },
  canary: { result: 'passed', count: 3, users: [{ userId: '7c1d…', seen: 'locked' }] },
  failures: [],
  requests: {
    total: 16,
    info: 1,
    database: 2,
    users: 5,
    batch: 2,
    single: 0,
    record: 6,
    retried: 0,
    rateLimited: 0
  },
  durationMs: 412,
  nextStep: 'To let them back in: {"undo": "0e6d1f3e-…"}'
};
