import { buildReport } from './core/build-report';
import type { Report } from './core/build-report';
import { describeNotArmed, describeTooManyUsers, resolveMaxUsers } from './core/check-permission';
import { continueRun } from './core/Continuation';
import type { Continuation } from './core/Continuation';
import type { ErrorParts } from './core/LockUsersError';
import type { Parameters } from './core/parse-parameters';
import type { Settings } from './core/parse-settings';
import { Roster } from './core/Roster';
import { toErrorParts } from './core/to-error-parts';
import { TokenBucket } from './core/TokenBucket';
import type { Deployment } from './core/vocabulary';
import { closeRun } from './close-run';
import { handOver } from './hand-over';
import { lockUsers } from './lock-users';
import { logDeployment, logPlan, logReport, logUnknownIds } from './log-run';
import { observeUsers } from './observe-users';
import { openRun } from './open-run';
import type { Ports } from './ports';
import type { RunRecorder } from './RunRecorder';
import { Sender } from './Sender';
import { UserQueue } from './UserQueue';
import { verifyUsers } from './verify-users';

interface Job {
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly maxUsers: number;
  readonly runId: string;
  /** Which invocation of the run this is, from 1. */
  readonly hop: number;
  readonly dryRun: boolean;
  readonly deadlineMs: number;
  readonly roster: Roster;
  readonly bucket: TokenBucket;
  readonly sender: Sender;
}

/** What an invocation has found out; the report is made of it, however the invocation ends. */
interface Progress {
  deployment: Deployment;
  verified: boolean;
  /** Why it was not allowed to start sending. */
  refusal?: ErrorParts | undefined;
  recorder?: RunRecorder | undefined;
}

/**
 * One invocation of a run: observe, plan, apply, verify, report; and order the next one where the time did not suffice.
 *
 * Whatever goes wrong once the parameters are known to be valid ends in the returned report.
 * @throws LockUsersError `INVALID_PARAMETERS` where `maxUsers` is above the deployment's own limit, before any request
 * @throws InvariantError where the report's counts would not add up
 */
export async function runLockUsers(settings: Settings, parameters: Parameters, ports: Ports): Promise<Report> {
  const { clock, random, log } = ports;
  const startedAtMs = clock.nowMs();
  const { continuation } = parameters;
  const bucket = new TokenBucket(settings.pace, startedAtMs, continuation?.bucket);
  const deadlineMs = startedAtMs + settings.budgetMs;
  const job: Job = {
    settings,
    parameters,
    ports,
    maxUsers: resolveMaxUsers(settings, parameters),
    runId: continuation?.runId ?? parameters.runId ?? ports.newRunId(),
    hop: continuation?.hop ?? 1,
    dryRun: parameters.dryRun ?? !settings.armed,
    roster: new Roster(new Set(settings.protectedIds), new Set(parameters.excludeUserIds)),
    bucket,
    deadlineMs,
    sender: new Sender({ clock, random, log, bucket, deadlineMs })
  };
  const progress: Progress = {
    deployment: { label: null, environment: null, backendId: settings.backendId },
    verified: false
  };
  try {
    await reconcile(job, progress);
  } catch (error) {
    job.sender.stopWith(toErrorParts(error));
  }
  const ending = await endInvocation(job, progress);
  const report = buildReport({
    runId: job.runId,
    hop: job.hop,
    dryRun: job.dryRun,
    ...(parameters.reason !== undefined && { reason: parameters.reason }),
    deployment: progress.deployment,
    roster: job.roster,
    verified: progress.verified,
    lockedEarlier: continuation?.locked ?? 0,
    resetEarlier: countResetEarlier(job),
    requests: job.sender.requests,
    durationMs: Math.round(clock.nowMs() - startedAtMs),
    ...ending
  });
  if (progress.recorder !== undefined) {
    await closeRun(progress.recorder, report, clock.nowMs(), bucket.pauseLeftMs(clock.nowMs()));
  }
  logReport(log, report);
  return report;
}

/** Brings the selected users to their goal as far as it can. */
async function reconcile(job: Job, progress: Progress): Promise<void> {
  const { settings, parameters, ports, roster, sender, dryRun, maxUsers } = job;
  if (!settings.armed && !dryRun) {
    progress.refusal = describeNotArmed();
    return;
  }
  progress.deployment = {
    ...progress.deployment,
    ...(await sender.read('info', (timeoutMs) => ports.backend.readDeployment(timeoutMs)))
  };
  logDeployment(ports.log, job.runId, progress.deployment, parameters, settings.authScheme);
  const opening = await openRun(job);
  progress.recorder = opening.recorder;
  progress.refusal = opening.stop;
  if (opening.stop !== undefined) return;

  const queue = new UserQueue();
  // Where the number of users is limited, nothing leaves before it is known that the whole plan keeps to it.
  const withheld: number[] | undefined = dryRun || maxUsers < Infinity ? [] : undefined;
  const observing = observeUsers({
    ...{ sender, backend: ports.backend, userSource: ports.userSource, selection: parameters.selection, roster },
    onPlanned: (users) => {
      if (withheld === undefined) queue.add(users);
      else for (const user of users) withheld.push(user);
    }
  }).then(() => {
    if (sender.stop === undefined) {
      logObservation(job);
      progress.refusal = decideRefusal(job);
      if (withheld !== undefined && progress.refusal === undefined && !dryRun) queue.add(withheld);
    }
    queue.close();
  });
  const locking = {
    ...{ sender, backend: ports.backend, roster, log: ports.log },
    batchSize: parameters.batchSize,
    concurrency: parameters.concurrency,
    recorder: opening.recorder
  };
  await Promise.all([observing, lockUsers(locking, queue)]);

  if (sender.stop !== undefined || progress.refusal !== undefined || dryRun) return;
  if (roster.countPlan().planned === 0) progress.verified = true;
  else if (parameters.verify) progress.verified = await verifyUsers(locking);
}

/** Why a complete plan is not sent, if it is not. */
function decideRefusal({ settings, roster, dryRun, maxUsers }: Job): ErrorParts | undefined {
  const { planned } = roster.countPlan();
  if (planned > maxUsers) return describeTooManyUsers(planned, maxUsers);
  return dryRun && !settings.armed ? describeNotArmed() : undefined;
}

function logObservation({ settings, parameters, ports, roster, dryRun }: Job): void {
  logUnknownIds(ports.log, 'LOCK_USERS_PROTECTED', roster.findUnshown(settings.protectedIds));
  logUnknownIds(ports.log, '"userIds"', roster.findUnshown(parameters.selection.userIds ?? []));
  logPlan(ports.log, roster.countPlan(), dryRun);
}

/** Why the invocation did less than it could, if so, and whether the run goes on by itself. */
async function endInvocation(
  { parameters, ports, roster, runId, dryRun, bucket, sender }: Job,
  { refusal }: Progress
): Promise<{ stop?: ErrorParts; next?: Continuation }> {
  const stop = sender.stop ?? refusal;
  if (stop?.code !== 'TIME_BUDGET' || dryRun) return { ...(stop && { stop }) };
  const nowMs = ports.clock.nowMs();
  const next = continueRun(runId, parameters.continuation, {
    alreadyLocked: roster.countPlan().alreadyLocked,
    locked: roster.countOutcomes().locked,
    resetBefore: roster.countResetBefore(),
    bucket: bucket.state(nowMs)
  });
  return handOver(ports, { stop, given: parameters.given, next, afterMs: bucket.pauseLeftMs(nowMs) });
}

/** Sessions that turned RESET between the run's first invocation and this one's first look at the users. */
function countResetEarlier({ parameters, roster }: Job): number {
  const { continuation } = parameters;
  return continuation === undefined ? 0 : Math.max(0, roster.countResetBefore() - continuation.resetSessions);
}
