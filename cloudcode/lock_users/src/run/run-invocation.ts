import { buildReport } from '../report/build-report';
import type { Report } from '../report/build-report';
import { describeNotArmed, resolveMaxUsers } from '../input/check-permission';
import { continueRun } from './Continuation';
import type { Continuation } from './Continuation';
import type { Goal } from '../actions/Goal';
import type { ErrorDetails } from '../errors';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import { Roster } from '../users/Roster';
import type { RunRecord } from '../records/RunRecord';
import { SessionLedger } from '../users/SessionLedger';
import { toErrorDetails } from '../to-error-parts';
import { TokenBucket } from '../requests/TokenBucket';
import type { Deployment } from '../vocabulary';
import { reconcile as carry } from './reconcile';
import { resolveGoal, plainGoal } from '../actions/resolve-goal';
import type { ResolvedGoal } from '../actions/resolve-goal';
import { finishRun } from '../records/finish-run';
import { handOver } from './hand-over';
import { logDeployment, logReport, logRun } from '../report/log-report';
import { beginRun } from '../records/begin-run';
import type { Ports } from '../ports';
import { RunRecorder } from '../records/RunRecorder';
import { RequestSender } from '../requests/RequestSender';

interface Job {
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly maxUsers: number;
  readonly runId: string;
  /** Which invocation of the run this is, from 1. */
  readonly invocation: number;
  /** When the first one began, as far as is known without the run's record. */
  readonly startedAtMs: number;
  readonly dryRun: boolean;
  readonly deadlineMs: number;
  readonly bucket: TokenBucket;
  readonly sender: RequestSender;
}

/** What an invocation has found out; the report is made of it, however the invocation ends. */
interface Progress {
  deployment: Deployment;
  roster: Roster;
  aim?: ResolvedGoal | undefined;
  verified: boolean;
  /** Why it was not allowed to start sending, or that there was nothing to send. */
  refusal?: ErrorDetails | undefined;
  recorder?: RunRecorder | undefined;
}

/**
 * One invocation of a run: observe, plan, apply, verify, report; and order the next one where the time did not suffice.
 *
 * Whatever goes wrong once the parameters are known to be valid ends in the returned report.
 * @throws LockUsersError `INVALID_PARAMETERS` where `maxUsers` is above the deployment's own limit, before any request
 * @throws InvariantError where the report's counts would not add up
 */
export async function runInvocation(settings: Settings, parameters: Parameters, ports: Ports): Promise<Report> {
  const { clock, random, log } = ports;
  const nowMs = clock.nowMs();
  const { continuation } = parameters;
  const bucket = new TokenBucket(settings.pace, nowMs, continuation?.bucket);
  const deadlineMs = nowMs + settings.budgetMs;
  const job: Job = {
    settings,
    parameters,
    ports,
    maxUsers: resolveMaxUsers(settings, parameters),
    runId: continuation?.runId ?? parameters.runId ?? ports.newRunId(),
    invocation: continuation?.invocation ?? 1,
    startedAtMs: continuation?.startedAtMs ?? nowMs,
    dryRun: parameters.dryRun ?? !settings.armed,
    bucket,
    deadlineMs,
    sender: new RequestSender({ clock, random, log, bucket, deadlineMs })
  };
  const progress: Progress = {
    deployment: { label: null, environment: null, backendId: settings.backendId },
    roster: makeRoster(job, plainGoal(parameters, new SessionLedger(job.startedAtMs))),
    verified: false
  };
  try {
    await reconcile(job, progress);
  } catch (error) {
    job.sender.stopWith(toErrorDetails(error));
  }
  const ending = await endInvocation(job, progress);
  const { roster } = progress;
  const report = buildReport({
    ...{ runId: job.runId, invocation: job.invocation, dryRun: job.dryRun, undoes: parameters.undo, roster },
    reason: parameters.reason,
    deployment: progress.deployment,
    sessions: progress.aim?.sessions?.count((userId) => roster.isPlanned(userId)),
    verified: progress.verified,
    doneEarlier: continuation?.done ?? 0,
    resetEarlier: countResetEarlier(job, progress),
    requests: job.sender.requests,
    durationMs: Math.round(clock.nowMs() - nowMs),
    ...ending
  });
  if (progress.recorder !== undefined) {
    await finishRun(progress.recorder, report, clock.nowMs(), bucket.pauseLeftMs(clock.nowMs()));
  }
  logReport(log, report);
  return report;
}

/** Brings the selected users to their goal as far as it can. */
async function reconcile(job: Job, progress: Progress): Promise<void> {
  const { settings, parameters, ports, sender, dryRun } = job;
  logRun(ports.log, job.runId, job.invocation);
  if (!settings.armed && !dryRun) {
    progress.refusal = describeNotArmed();
    return;
  }
  const { serverTimeMs, ...named } = await sender.read('info', (timeoutMs) => ports.backend.readDeployment(timeoutMs));
  const clockAheadMs = compareClocks(serverTimeMs, ports.clock.nowMs());
  progress.deployment = { ...progress.deployment, ...named };
  logDeployment(ports.log, progress.deployment, parameters, settings.authScheme);
  const { run, stop, hasBegun = false } = await beginRun(job);
  progress.recorder = makeRecorder(job, run, progress.roster);
  progress.refusal = stop;
  if (stop !== undefined) return;

  const { runId } = job;
  const startedAtMs = run?.startedAtMs ?? job.startedAtMs;
  const aim = await resolveGoal({ parameters, ports, sender, runId, dryRun, startedAtMs, clockAheadMs });
  if ('refusal' in aim) {
    progress.refusal = aim.refusal;
    return;
  }
  progress.aim = aim;
  progress.roster = makeRoster(job, aim.goal);
  progress.recorder = makeRecorder(job, run, progress.roster);
  const isNew = job.invocation === 1 && !hasBegun;
  Object.assign(progress, await carry({ ...job, isNew, aim, roster: progress.roster, recorder: progress.recorder }));
}

/**
 * By how many milliseconds the backend's clock is ahead. What it says is cut to the second and was on its way, so two seconds
 * are no difference.
 */
function compareClocks(serverTimeMs: number | null, nowMs: number): number {
  const aheadMs = (serverTimeMs ?? nowMs) - nowMs;
  return Math.abs(aheadMs) <= 2000 ? 0 : aheadMs;
}

/** Protection is against being put out, so that nobody stays locked by it. */
function makeRoster({ settings, parameters }: Job, goal: Goal): Roster {
  const protectedIds = goal.action === 'unlock' ? [] : settings.protectedIds;
  return new Roster(goal, new Set(protectedIds), new Set(parameters.excludeUserIds));
}

function makeRecorder({ ports, sender }: Job, run: RunRecord | undefined, roster: Roster): RunRecorder | undefined {
  const { records, clock, log } = ports;
  return run && records && new RunRecorder({ records, run, roster, sender, clock, log });
}

/** Why the invocation did less than it could, if so, and whether the run goes on by itself. */
async function endInvocation(
  { parameters, ports, runId, startedAtMs, dryRun, bucket, sender }: Job,
  { refusal, roster }: Progress
): Promise<{ stop?: ErrorDetails; next?: Continuation }> {
  const stop = sender.stop ?? refusal;
  if (stop?.code !== 'TIME_BUDGET' || dryRun) return { ...(stop && { stop }) };
  const nowMs = ports.clock.nowMs();
  const run = { runId, startedAtMs: Math.floor(startedAtMs) };
  const next = continueRun(run, parameters.continuation, {
    already: roster.countPlan().already,
    done: roster.countOutcomes().done,
    resetBefore: roster.countResetBefore(),
    bucket: bucket.state(nowMs)
  });
  return handOver(ports, { stop, given: parameters.rawParameters, next, afterMs: bucket.pauseLeftMs(nowMs) });
}

/** Sessions that turned RESET between the run's first invocation and this one's first look at the users. */
function countResetEarlier({ parameters }: Job, { roster }: Progress): number {
  const { continuation } = parameters;
  return continuation === undefined ? 0 : Math.max(0, roster.countResetBefore() - continuation.resetSessions);
}
