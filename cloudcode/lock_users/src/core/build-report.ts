import type { ErrorCode, ErrorParts } from './LockUsersError';
import { describeError, InvariantError } from './LockUsersError';
import type { Failure, OutcomeCounts } from './Ledger';
import type { Plan } from './plan-run';
import type { Action, Deployment, UsersChanged } from './vocabulary';

/**
 * How a run ended: `planned`: it was a dry run. `done`: every planned user is locked. `partial`: some may be, some
 * are not known to be. `refused`: it was not allowed to start sending. `failed`: nobody was locked.
 */
export type RunStatus = 'planned' | 'done' | 'partial' | 'refused' | 'failed';

/** Why a run did less than lock every selected user it could. */
export interface StopReason {
  readonly code: ErrorCode;
  /** One line: what happened, whether any user was changed, and what to do next. */
  readonly message: string;
  readonly usersChanged: UsersChanged;
  readonly nextStep: string;
}

/** Requests that a run made, by what they were for. `database` counts the page reads asked of `DB`. */
export interface RequestCounts {
  readonly total: number;
  readonly info: number;
  readonly database: number;
  readonly users: number;
  readonly batch: number;
}

/** What the task returns. `selected = protected + excluded + alreadyLocked + planned`, and `planned` is the sum of the rest. */
export interface Report {
  readonly runId: string;
  readonly action: Action;
  readonly status: RunStatus;
  readonly dryRun: boolean;
  /** The caller's own words, as given. */
  readonly reason?: string;
  readonly deployment: Deployment;
  readonly counts: Plan['counts'] & OutcomeCounts;
  /** Every user who failed or is unconfirmed. Users who were not attempted are only counted. */
  readonly failures: readonly Failure[];
  readonly requests: RequestCounts;
  readonly durationMs: number;
  readonly stopReason?: StopReason;
}

/** Everything a report is made of. */
export interface ReportParts {
  readonly runId: string;
  readonly dryRun: boolean;
  readonly reason?: string;
  readonly deployment: Deployment;
  readonly plan: Plan;
  readonly outcomes: OutcomeCounts;
  readonly failures: readonly Failure[];
  readonly requests: Omit<RequestCounts, 'total'>;
  readonly durationMs: number;
  /** Why the run stopped early or did not start, if it did. */
  readonly stop?: ErrorParts;
}

const REFUSALS: readonly ErrorCode[] = ['NOT_ARMED', 'TOO_MANY_USERS'];

/**
 * Puts the report together and proves that nobody is missing from it.
 *
 * @throws InvariantError where the counts do not add up.
 */
export function buildReport(parts: ReportParts): Report {
  const { plan, outcomes, requests, stop } = parts;
  const counts = { ...plan.counts, ...outcomes };
  if (counts.selected !== counts.protected + counts.excluded + counts.alreadyLocked + counts.planned) {
    throw new InvariantError(`the selected users do not add up: ${JSON.stringify(counts)}.`);
  }
  if (counts.planned !== counts.locked + counts.failed + counts.unconfirmed + counts.notAttempted) {
    throw new InvariantError(`the planned users do not add up: ${JSON.stringify(counts)}.`);
  }
  if (parts.failures.length !== counts.failed + counts.unconfirmed) {
    throw new InvariantError(`${parts.failures.length} failures are listed: ${JSON.stringify(counts)}.`);
  }
  return {
    runId: parts.runId,
    action: 'lock',
    status: decideStatus(parts),
    dryRun: parts.dryRun,
    ...(parts.reason !== undefined && { reason: parts.reason }),
    deployment: parts.deployment,
    counts,
    failures: parts.failures,
    requests: { total: requests.info + requests.database + requests.users + requests.batch, ...requests },
    durationMs: parts.durationMs,
    ...(stop && { stopReason: describeStop(stop, outcomes) })
  };
}

function decideStatus({ dryRun, outcomes, plan, stop }: ReportParts): RunStatus {
  // An unarmed deployment that was not told to lock has done all it was asked for, so it is no refusal.
  if (dryRun && (stop === undefined || stop.code === 'NOT_ARMED')) return 'planned';
  if (stop !== undefined && REFUSALS.includes(stop.code)) return 'refused';
  if (stop === undefined && outcomes.locked === plan.counts.planned) return 'done';
  return outcomes.locked > 0 || outcomes.unconfirmed > 0 ? 'partial' : 'failed';
}

function describeStop(stop: ErrorParts, outcomes: OutcomeCounts): StopReason {
  const usersChanged = outcomes.unconfirmed > 0 ? 'maybe' : outcomes.locked > 0 ? 'yes' : 'no';
  return { code: stop.code, message: describeError(stop, usersChanged), usersChanged, nextStep: stop.nextStep };
}
