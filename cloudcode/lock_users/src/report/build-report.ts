import { ACTION_LABELS, nameCounts } from '../actions/action-labels';
import type { ActionLabels, Counts } from '../actions/action-labels';
import type { Continuation } from '../run/Continuation';
import { MAX_FAILURES_IN_REPORT } from '../platform-facts';
import { describeError, InvariantError } from '../errors';
import type { ErrorCode, ErrorDetails } from '../errors';
import type { Failure, SkippedUser, OutcomeCounts, PlanCounts } from '../users/outcomes';
import type { Roster } from '../users/Roster';
import type { SessionCounts } from '../users/SessionLedger';
import type { Action, Deployment, UsersChanged } from '../vocabulary';

/**
 * How an invocation ended: `planned`: it was a dry run. `done`: every planned user is where the run wants them.
 * `continues`: its time was used up, and the next invocation is ordered. `partial`: some users may be there, some are not
 * known to be. `refused`: it was not allowed to start sending. `queued`: it is ordered on the queue, and nothing was done
 * here. `stalled`: the run has gone on for several invocations and gave up. `failed`: nobody was changed.
 */
export type RunStatus = 'planned' | 'done' | 'continues' | 'partial' | 'refused' | 'queued' | 'stalled' | 'failed';

/** Why an invocation did less than it could, or nothing. */
export interface StopReason {
  readonly code: ErrorCode;
  /** One line: what happened, whether any user was changed, and what to do next. */
  readonly message: string;
  readonly usersChanged: UsersChanged;
  readonly nextStep: string;
}

/**
 * Requests as they left, by what they were for; `database` counts the page reads asked of `DB`, `record` what was read
 * and saved of the run's record before the report was made.
 */
export interface RequestCounts {
  /** `info`, `database`, `users`, `batch`, `single` and `record` together. */
  readonly total: number;
  readonly info: number;
  readonly database: number;
  readonly users: number;
  readonly batch: number;
  /** Requests that change one user or one session. */
  readonly single: number;
  readonly record: number;
  /** Those of `total` that repeat one that failed. */
  readonly retried: number;
  /** Those of `total` that were answered with 429. */
  readonly rateLimited: number;
}

/**
 * What the task returns, about one invocation. `selected` is the sum of the counts up to `planned`, and `planned` the sum of
 * those after it.
 */
export interface Report {
  readonly runId: string;
  readonly action: Action;
  /** The run that this one undoes, if it does. */
  readonly undoes?: string;
  readonly status: RunStatus;
  readonly dryRun: boolean;
  /** Which invocation of the run this was, from 1. */
  readonly invocation: number;
  /** Whether the users API was read after the last sending. If not, the outcomes rest on the answers alone. */
  readonly verified: boolean;
  /** The caller's own words, as given. */
  readonly reason?: string;
  readonly deployment: Deployment;
  readonly counts: Counts;
  /** With `reauthenticate`: the sessions that this invocation found in the app, of planned users, and how many are signed out. */
  readonly sessions?: SessionCounts;
  /**
   * Where a run is undone: users who are locked and stay so, because that run did not lock them or somebody else has done so
   * since; 10 000 of them are named at most.
   */
  readonly stillLocked?: { readonly count: number; readonly users: readonly SkippedUser[] };
  /** What earlier invocations of the run did, by the answers they got; those users are `already…` in this one. */
  readonly earlier?: Readonly<Partial<Record<ActionLabels['done'], number>>>;
  /** Users who failed or are unconfirmed, 10 000 at most. Users who were not attempted are only counted. */
  readonly failures: readonly Failure[];
  /** How many of them `failures` does not name. */
  readonly failuresOmitted?: number;
  /** Sessions that turned `RESET` during the run, which no operation of this task asks for; the users where known. */
  readonly resetSessions?: { readonly count: number; readonly userIds: readonly string[] };
  readonly requests: RequestCounts;
  readonly durationMs: number;
  readonly stopReason?: StopReason;
}

/** Everything a report is made of. */
export interface ReportParts {
  readonly runId: string;
  /** The run that is undone, if one is. */
  readonly undoes?: string | undefined;
  readonly invocation: number;
  readonly dryRun: boolean;
  readonly reason?: string | undefined;
  readonly deployment: Deployment;
  readonly roster: Pick<
    Roster,
    | 'goal'
    | 'isComplete'
    | 'countPlan'
    | 'countOutcomes'
    | 'listFailures'
    | 'listTurnedReset'
    | 'listSkipped'
    | 'listOutside'
  >;
  readonly sessions?: SessionCounts | undefined;
  readonly verified: boolean;
  /** Users whom earlier invocations brought where the run wants them. */
  readonly doneEarlier: number;
  /** Sessions that turned `RESET` in earlier invocations. */
  readonly resetEarlier: number;
  readonly requests: Omit<RequestCounts, 'total'>;
  readonly durationMs: number;
  /** Why the run stopped early or did not start, if it did. */
  readonly stop?: ErrorDetails;
  /** What the next invocation was handed, if one was ordered. */
  readonly next?: Continuation;
}

const REFUSALS: readonly ErrorCode[] = [
  'NOT_ARMED',
  'TOO_MANY_USERS',
  'RUN_UNDER_WAY',
  'RUN_ENDED',
  'NO_RECORD',
  'NOT_UNDOABLE'
];

/**
 * Puts the report together and proves that nobody is missing from it.
 *
 * @throws InvariantError where the counts do not add up.
 */
export function buildReport(parts: ReportParts): Report {
  const { roster, requests, stop, resetEarlier, undoes, sessions } = parts;
  const { action } = roster.goal;
  const [plan, outcomes] = [roster.countPlan(), roster.countOutcomes()];
  const counts = { ...plan, ...outcomes };
  if (
    counts.selected !==
    counts.protected + counts.excluded + counts.already + counts.skipped + counts.gone + counts.planned
  ) {
    throw new InvariantError(`the selected users do not add up: ${JSON.stringify(counts)}.`);
  }
  if (counts.planned !== counts.done + counts.failed + counts.unconfirmed + counts.notAttempted) {
    throw new InvariantError(`the planned users do not add up: ${JSON.stringify(counts)}.`);
  }
  const failures = roster.listFailures(MAX_FAILURES_IN_REPORT);
  const failuresOmitted = counts.failed + counts.unconfirmed - failures.length;
  if (failuresOmitted > 0 && failures.length < MAX_FAILURES_IN_REPORT) {
    throw new InvariantError(`${failures.length} failures are listed: ${JSON.stringify(counts)}.`);
  }
  const turned = roster.listTurnedReset();
  const resetCount = [...turned.values()].reduce((sum, count) => sum + count, resetEarlier);
  return {
    runId: parts.runId,
    action,
    ...(undoes !== undefined && { undoes }),
    status: decideStatus(parts, counts),
    dryRun: parts.dryRun,
    invocation: parts.invocation,
    verified: parts.verified,
    ...(parts.reason !== undefined && { reason: parts.reason }),
    deployment: parts.deployment,
    counts: nameCounts(roster.goal, counts),
    ...(sessions && { sessions }),
    ...(undoes !== undefined && roster.isComplete && { stillLocked: listStillLocked(roster, plan) }),
    ...(parts.invocation > 1 && { earlier: { [ACTION_LABELS[action].done]: parts.doneEarlier } }),
    failures,
    ...(failuresOmitted > 0 && { failuresOmitted }),
    ...(resetCount > 0 && {
      resetSessions: { count: resetCount, userIds: [...turned.keys()].slice(0, MAX_FAILURES_IN_REPORT) }
    }),
    requests: {
      total: requests.info + requests.database + requests.users + requests.batch + requests.single + requests.record,
      ...requests
    },
    durationMs: parts.durationMs,
    ...(stop && { stopReason: describeStop(stop, outcomes) })
  };
}

function listStillLocked(roster: ReportParts['roster'], { skipped }: PlanCounts): NonNullable<Report['stillLocked']> {
  const outside = roster.listOutside();
  const users = roster.listSkipped(MAX_FAILURES_IN_REPORT);
  for (const userId of outside.slice(0, MAX_FAILURES_IN_REPORT - users.length)) {
    const reason = roster.goal.explainOther?.(userId);
    if (reason !== undefined) users.push({ userId, ...reason });
  }
  return { count: skipped + outside.length, users };
}

function decideStatus({ dryRun, stop, next, doneEarlier }: ReportParts, counts: OutcomeCounts & PlanCounts): RunStatus {
  if (stop?.code === 'QUEUED') return 'queued';
  // An unarmed deployment that was not told to lock has done all it was asked for, so it is no refusal.
  if (dryRun && (stop === undefined || stop.code === 'NOT_ARMED' || stop.code === 'ALREADY_UNDONE')) return 'planned';
  // The run began, and then more users were there than it may change, or it was disarmed.
  const isCutShort = stop?.code === 'TOO_MANY_USERS' || stop?.code === 'NOT_ARMED';
  if (stop !== undefined && REFUSALS.includes(stop.code)) return isCutShort && doneEarlier > 0 ? 'partial' : 'refused';
  if (next !== undefined) return 'continues';
  if (stop?.code === 'STALLED') return 'stalled';
  if ((stop === undefined || stop.code === 'ALREADY_UNDONE') && counts.done === counts.planned) return 'done';
  return counts.done > 0 || counts.unconfirmed > 0 ? 'partial' : 'failed';
}

function describeStop(stop: ErrorDetails, outcomes: OutcomeCounts): StopReason {
  const usersChanged = outcomes.unconfirmed > 0 ? 'maybe' : outcomes.done > 0 ? 'yes' : 'no';
  return { code: stop.code, message: describeError(stop, usersChanged), usersChanged, nextStep: stop.nextStep };
}
