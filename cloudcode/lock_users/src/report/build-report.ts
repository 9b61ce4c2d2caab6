import { ACTION_LABELS, isReading } from '../actions/ActionLabels';
import { describeError } from '../describe-error';
import { InvariantError } from '../errors';
import type { UsersChanged } from '../describe-error';
import type { ErrorCode } from '../error-catalogue';
import type { ErrorDetails } from '../errors';
import { cleanText, escapeText, MAX_MESSAGE_BYTES, MAX_NEXT_STEP_BYTES } from '../outside-text';
import type { Parameters } from '../input/parameters';
import { describeMoment, formatMoment } from '../input/unlock-at';
import type { Continuation } from '../run/Continuation';
import type { RunContext } from '../run/RunContext';
import type { Canary } from '../users/Canary';
import type { OutcomeCounts, PlanCounts } from '../users/outcomes';
import type { Roster } from '../users/Roster';
import type { SessionCounts } from '../users/SessionLedger';
import { VERSION } from '../version';
import { listCanary } from './list-canary';
import { listUsers } from './list-users';
import type { ListedRoster } from './list-users';
import { nextStep } from './next-step';
import type { Counts, Deployment, ProtectedCounts, Report, RequestCounts, RunStatus, StopReason } from './Report';

/** What a report is made of. */
export interface ReportInput {
  readonly context: Pick<RunContext, 'parameters' | 'runId' | 'invocation' | 'dryRun' | 'beganAtMs'> & {
    readonly unlockAtMs?: number | undefined;
    readonly ports: { readonly clock: Pick<RunContext['ports']['clock'], 'monotonicMs'> };
    readonly sender: { readonly requests: Omit<RequestCounts, 'total'> };
    readonly warnings: Pick<RunContext['warnings'], 'list'>;
  };
  readonly deployment: Deployment;
  /** Undefined where the invocation ended before it looked at any user. */
  readonly roster: ReportRoster | undefined;
  /** Ids of users that the rule of the deployment keeps out. */
  readonly stayingOut?: ReadonlySet<string> | undefined;
  /** What protects those who are protected. */
  readonly protectedBy?: ProtectedCounts | undefined;
  readonly canary?: Pick<Canary, 'result' | 'list'> | undefined;
  readonly sessions?: SessionCounts | undefined;
  /** With `status`: what it has found out. */
  readonly whoIsOut?: Report['whoIsOut'];
  readonly verified: boolean;
  /** How many users earlier invocations brought to the goal state. */
  readonly doneEarlier: number;
  /** Whether the run has begun before, and nobody knows here what came of that. Default false. */
  readonly isPastUnknown?: boolean;
  /** Sessions that turned `RESET` in earlier invocations. */
  readonly resetEarlier: number;
  /** The undo that the run has ordered, if it has. */
  readonly unlockRunId?: string | undefined;
  /** Whether the run is recorded. Default false. */
  readonly isRecorded?: boolean;
  /** Whether the record shows that an invocation of the run has begun before. Default false. */
  readonly hasBegunBefore?: boolean;
  /** Why the run stopped early or did not start, if it did. */
  readonly stop?: ErrorDetails | undefined;
  /** What the next invocation was handed, if one was scheduled. */
  readonly next?: Continuation;
}

type ReportRoster = ListedRoster & Pick<Roster, 'countPlan' | 'countOutcomes'>;

type AllCounts = PlanCounts & OutcomeCounts;

const NOBODY: AllCounts = {
  selected: 0,
  protected: 0,
  excluded: 0,
  already: 0,
  skipped: 0,
  gone: 0,
  planned: 0,
  done: 0,
  failed: 0,
  unconfirmed: 0,
  notAttempted: 0
};

const REFUSALS: readonly ErrorCode[] = [
  'INVALID_PARAMETERS',
  'INVALID_SETTINGS',
  'NOT_ARMED',
  'OUTSIDE_WINDOW',
  'UNLOCK_NOT_ORDERED',
  'TOO_MANY_USERS',
  'RUN_UNDER_WAY',
  'RUN_ENDED',
  'WEBHOOK_OFF',
  'NO_SUCH_OBJECT',
  'NO_MODELS',
  'NO_RECORD',
  'NOT_UNDOABLE',
  'SEVERAL_RUNS',
  'NOBODY_SELECTED',
  'NOBODY_EXCLUDED',
  'NOBODY_PROTECTED'
];

/** Those of them that may come up after the run has begun: there are more users now, or the variables were changed. */
const CUT_SHORT: readonly ErrorCode[] = [
  'TOO_MANY_USERS',
  'NOT_ARMED',
  'OUTSIDE_WINDOW',
  'UNLOCK_NOT_ORDERED',
  'INVALID_SETTINGS',
  'NOBODY_PROTECTED'
];

/**
 * Puts the report together and proves that nobody is missing from it.
 *
 * @throws InvariantError where the counts do not add up.
 */
export function buildReport(input: ReportInput): Report {
  const { context, roster, stop, resetEarlier, sessions, whoIsOut, doneEarlier } = input;
  const { parameters, invocation, sender, warnings } = context;
  const { action, undo, reason } = parameters;
  const { requests } = sender;
  const counts: AllCounts = roster === undefined ? NOBODY : { ...roster.countPlan(), ...roster.countOutcomes() };
  assertSums(counts);
  const report = {
    version: VERSION,
    runId: context.runId,
    action,
    ...(context.unlockAtMs !== undefined && { unlockAt: formatMoment(context.unlockAtMs) }),
    ...(input.unlockRunId !== undefined && { unlockRunId: input.unlockRunId }),
    ...(undo !== undefined && { undoes: undo }),
    status: decideStatus(input, counts),
    dryRun: context.dryRun,
    invocation,
    verified: input.verified,
    ...(reason !== undefined && { reason: escapeText(reason) }),
    deployment: input.deployment,
    counts: isReading(action) ? countSelected(whoIsOut) : nameCounts(parameters, counts, roster !== undefined),
    ...(counts.protected > 0 && input.protectedBy && { protectedBy: input.protectedBy }),
    ...(sessions && { sessions }),
    ...listCanary(input.canary),
    ...(whoIsOut && { whoIsOut }),
    ...((invocation > 1 || doneEarlier > 0) && { earlier: { [ACTION_LABELS[action].done]: doneEarlier } }),
    ...listUsers(roster, counts, resetEarlier, { isUndo: undo !== undefined, stayingOut: input.stayingOut }),
    ...(warnings.list.length > 0 && { warnings: warnings.list }),
    requests: {
      total: requests.info + requests.database + requests.users + requests.batch + requests.single + requests.record,
      ...requests
    },
    durationMs: Math.round(context.ports.clock.monotonicMs() - context.beganAtMs),
    ...(stop && { stopReason: describeStop(stop, counts, input) })
  };
  const { isRecorded = false } = input;
  const { unlockAtMs } = context;
  const backInAt = unlockAtMs === undefined ? undefined : describeMoment(unlockAtMs, parameters.unlockAt);
  const ended = { ...report, isRecorded, backInAt, stopNextStep: report.stopReason?.nextStep };
  return { ...report, nextStep: nextStep(ended) };
}

function assertSums(counts: AllCounts): void {
  const { selected, protected: protectedUsers, excluded, already, skipped, gone, planned } = counts;
  if (selected !== protectedUsers + excluded + already + skipped + gone + planned) {
    throw new InvariantError(`the selected users do not add up: ${JSON.stringify(counts)}.`);
  }
  if (planned !== counts.done + counts.failed + counts.unconfirmed + counts.notAttempted) {
    throw new InvariantError(`the planned users do not add up: ${JSON.stringify(counts)}.`);
  }
}

/** The counts under the names that they have for what the run was asked; those that it does not have are left out. */
function nameCounts({ action, onlyEnrolled, undo }: Parameters, counts: AllCounts, hasLooked: boolean): Counts {
  const labels = ACTION_LABELS[action];
  return {
    selected: counts.selected,
    protected: counts.protected,
    excluded: counts.excluded,
    [labels.already]: counts.already,
    ...(onlyEnrolled && { notEnrolled: counts.skipped }),
    ...(undo !== undefined && hasLooked && { lockedAgain: counts.skipped, notShown: counts.gone }),
    planned: counts.planned,
    [labels.done]: counts.done,
    failed: counts.failed,
    unconfirmed: counts.unconfirmed,
    notAttempted: counts.notAttempted
  };
}

/** The counts of a run that changes nobody. */
function countSelected(whoIsOut: Report['whoIsOut']): Counts {
  const { signedOut, notSeenSince, unlocked, unknown } = whoIsOut ?? {
    signedOut: 0,
    notSeenSince: 0,
    unlocked: 0,
    unknown: 0
  };
  return {
    selected: signedOut + notSeenSince + unlocked + unknown,
    protected: 0,
    excluded: 0,
    planned: 0,
    failed: 0,
    unconfirmed: 0,
    notAttempted: 0
  };
}

function decideStatus(input: ReportInput, counts: AllCounts): RunStatus {
  const { context, stop, next, doneEarlier } = input;
  const dryRun = context.dryRun && !wasDisarmed(input) && !isReading(context.parameters.action);
  if (stop?.code === 'QUEUED') return 'queued';
  // An unarmed deployment that was not told to lock has done all it was asked for, so it is no refusal.
  if (dryRun && (stop === undefined || stop.code === 'NOT_ARMED' || stop.code === 'ALREADY_UNDONE')) return 'planned';
  if (stop !== undefined && REFUSALS.includes(stop.code)) {
    return CUT_SHORT.includes(stop.code) && hasChanged(counts, doneEarlier) !== 'no' ? 'partial' : 'refused';
  }
  if (next !== undefined) return 'continues';
  if (stop?.code === 'STOP_REQUESTED') return 'stopped';
  if (stop?.code === 'STALLED') return 'stalled';
  if ((stop === undefined || stop.code === 'ALREADY_UNDONE') && counts.done === counts.planned) return 'done';
  return hasChanged(counts, doneEarlier) === 'no' && !mayHaveChangedEarlier(input) ? 'failed' : 'partial';
}

/** Whether the run has changed users, by what came of them in this invocation and the earlier ones. */
function hasChanged({ done, unconfirmed }: OutcomeCounts, doneEarlier: number): UsersChanged {
  if (unconfirmed > 0) return 'maybe';
  return done + doneEarlier > 0 ? 'yes' : 'no';
}

/** Whether an earlier invocation has sent users whose outcome it did not learn. */
function mayHaveChangedEarlier(input: ReportInput): boolean {
  const { context, stop, hasBegunBefore = false, isPastUnknown = false } = input;
  const wasCutOff = isPastUnknown || (hasBegunBefore && stop?.code === 'UNLOCK_DUE');
  return wasCutOff || (context.parameters.continuation?.unconfirmed ?? 0) > 0 || wasDisarmed(input);
}

/** Whether the run had begun, and was refused because the deployment was disarmed since: else it would have planned. */
function wasDisarmed({ context, roster, stop }: ReportInput): boolean {
  return context.dryRun && roster === undefined && stop?.code === 'NOT_ARMED';
}

function describeStop(stop: ErrorDetails, outcomes: OutcomeCounts, input: ReportInput): StopReason {
  const changed = hasChanged(outcomes, input.doneEarlier);
  const usersChanged = changed === 'no' && mayHaveChangedEarlier(input) ? 'maybe' : changed;
  // What other modules have added to a message since it was made counts, too.
  const message = cleanText(stop.message, MAX_MESSAGE_BYTES);
  const nextStep = cleanText(stop.nextStep, MAX_NEXT_STEP_BYTES);
  return { code: stop.code, message: describeError({ message, nextStep }, usersChanged), usersChanged, nextStep };
}
