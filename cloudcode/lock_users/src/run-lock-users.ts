import { applyPlan } from './apply-plan';
import { buildReport } from './core/build-report';
import type { Report } from './core/build-report';
import { describeNotArmed, describeTooManyUsers, resolveMaxUsers } from './core/check-permission';
import { Ledger } from './core/Ledger';
import { LockUsersError } from './core/LockUsersError';
import type { ErrorParts } from './core/LockUsersError';
import type { Parameters } from './core/parse-parameters';
import type { Settings } from './core/parse-settings';
import { EMPTY_PLAN, planRun } from './core/plan-run';
import type { Plan } from './core/plan-run';
import type { Deployment } from './core/vocabulary';
import { logDeployment, logPlan, logReport, logUnknownIds } from './log-run';
import { readSelectedIds, readUserStates } from './observe-users';
import type { RequestTally } from './observe-users';
import type { Ports } from './ports';

/** What a run has found out and done so far; the report is made of it, however the run ends. */
interface Progress {
  deployment: Deployment;
  plan: Plan;
  ledger: Ledger;
  readonly requests: RequestTally;
}

/**
 * One run: observe, plan, apply, verify, report.
 *
 * Whatever goes wrong once the parameters are known to be valid ends in the returned report.
 * @throws LockUsersError `INVALID_PARAMETERS` where `maxUsers` is above the deployment's own limit, before any request
 * @throws InvariantError where the report's counts would not add up
 */
export async function runLockUsers(settings: Settings, parameters: Parameters, ports: Ports): Promise<Report> {
  const startedAtMs = ports.clock.nowMs();
  const maxUsers = resolveMaxUsers(settings, parameters);
  const runId = ports.newRunId();
  const dryRun = parameters.dryRun ?? !settings.armed;
  const progress: Progress = {
    deployment: { label: null, environment: null, backendId: settings.backendId },
    plan: EMPTY_PLAN,
    ledger: new Ledger([]),
    requests: { info: 0, database: 0, users: 0, batch: 0 }
  };

  const stop = await reconcile({ settings, parameters, ports, maxUsers, runId, dryRun }, progress);

  const report = buildReport({
    runId,
    dryRun,
    ...(parameters.reason !== undefined && { reason: parameters.reason }),
    deployment: progress.deployment,
    plan: progress.plan,
    outcomes: progress.ledger.countOutcomes(),
    failures: progress.ledger.listFailures(),
    requests: progress.requests,
    durationMs: Math.round(ports.clock.nowMs() - startedAtMs),
    ...(stop && { stop })
  });
  logReport(ports.log, report);
  return report;
}

interface Job {
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly maxUsers: number;
  readonly runId: string;
  readonly dryRun: boolean;
}

/** Brings the selected users to their goal as far as it can; returns why it stopped short, if it did. */
async function reconcile(job: Job, progress: Progress): Promise<ErrorParts | undefined> {
  const { settings, ports, dryRun } = job;
  if (!settings.armed && !dryRun) return describeNotArmed();
  try {
    progress.requests.info++;
    progress.deployment = { ...progress.deployment, ...(await ports.backend.readDeployment()) };
    logDeployment(ports.log, job.runId, progress.deployment, job.parameters.reason);

    progress.plan = await observeAndPlan(job, progress.requests);
    progress.ledger = new Ledger(progress.plan.plannedIds);
    logPlan(ports.log, progress.plan.counts, dryRun);
    if (progress.plan.counts.planned > job.maxUsers) {
      return describeTooManyUsers(progress.plan.counts.planned, job.maxUsers);
    }
    if (dryRun) return settings.armed ? undefined : describeNotArmed();

    await applyAndVerify(job, progress);
    return undefined;
  } catch (error) {
    return describeStop(error);
  }
}

async function observeAndPlan({ settings, parameters, ports }: Job, requests: RequestTally): Promise<Plan> {
  const selectedIds = await readSelectedIds(ports.userSource, parameters.selection, requests);
  const lockedIds = new Set<string>();
  const unknownProtectedIds = new Set(settings.protectedIds);
  const unknownNamedIds = new Set(parameters.selection.userIds);
  await readUserStates(ports.backend, requests, ({ userId, locked }) => {
    if (locked) lockedIds.add(userId);
    unknownProtectedIds.delete(userId);
    unknownNamedIds.delete(userId);
  });
  logUnknownIds(ports.log, 'LOCK_USERS_PROTECTED', unknownProtectedIds);
  logUnknownIds(ports.log, '"userIds"', unknownNamedIds);
  return planRun({
    selectedIds,
    protectedIds: new Set(settings.protectedIds),
    excludedIds: new Set(parameters.excludeUserIds),
    lockedIds
  });
}

async function applyAndVerify({ parameters, ports }: Job, { plan, ledger, requests }: Progress): Promise<void> {
  const { plannedIds } = plan;
  if (plannedIds.length === 0) return;
  await applyPlan({
    plannedIds,
    batchSize: parameters.batchSize,
    backend: ports.backend,
    ledger,
    requests,
    log: ports.log
  });
  const lockedById = new Map<string, boolean>();
  await readUserStates(ports.backend, requests, ({ userId, locked }) => lockedById.set(userId, locked));
  ledger.verify(lockedById);
}

function describeStop(error: unknown): ErrorParts {
  if (error instanceof LockUsersError) return error.parts;
  return {
    code: 'INVARIANT',
    what: `This is a bug in lock_users: ${error instanceof Error ? error.message : String(error)}.`,
    nextStep: 'Please report it with the log of this run. Running the task again is safe.'
  };
}
