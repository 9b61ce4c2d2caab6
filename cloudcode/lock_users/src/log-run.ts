import type { Report } from './core/build-report';
import { MAX_FAILURES_IN_LOG } from './core/limits';
import type { Plan } from './core/plan-run';
import type { Deployment } from './core/vocabulary';
import type { Log } from './ports';

/** Which run this is, and on which deployment. */
export function logDeployment(log: Log, runId: string, deployment: Deployment, reason: string | undefined): void {
  const { label, environment, backendId } = deployment;
  log.line(`lock_users, run ${runId}`);
  log.line(`Deployment: ${label ?? 'without a label'} (${environment ?? 'environment unknown'}), backend ${backendId}`);
  // As JSON, so that a line break in it cannot pass for a line of this log.
  if (reason !== undefined) log.line(`Reason: ${JSON.stringify(reason)}`);
}

/** What the run is about to do. */
export function logPlan(log: Log, counts: Plan['counts'], dryRun: boolean): void {
  const left = `${counts.protected} protected, ${counts.excluded} excluded, ${counts.alreadyLocked} already locked`;
  log.line(`Selected: ${counts.selected} users (${left})`);
  log.line(
    dryRun
      ? `Plan: ${counts.planned} users would be locked, the data on their devices kept. Dry run: nothing is sent.`
      : `Plan: lock ${counts.planned} users and keep the data on their devices`
  );
}

/** Ids that were configured or asked for, and that the users API does not show: probably mistakes. */
export function logUnknownIds(log: Log, origin: string, ids: ReadonlySet<string>): void {
  if (ids.size === 0) return;
  const first = [...ids].slice(0, MAX_FAILURES_IN_LOG).join(', ');
  log.line(
    `Warning: ${ids.size} ids in ${origin} are no users of this deployment: ${first}${ids.size > MAX_FAILURES_IN_LOG ? ', …' : ''}`
  );
}

/** The result for people, then the report as one line of JSON. Both name at most 20 failures. */
export function logReport(log: Log, report: Report): void {
  const { counts, failures, requests } = report;
  const shown = failures.slice(0, MAX_FAILURES_IN_LOG);
  for (const { userId, outcome, type, detail } of shown) log.line(`${outcome}: ${userId}: ${type}: ${detail}`);
  const omitted = failures.length - shown.length;
  if (omitted > 0) log.line(`… and ${omitted} more in the returned report`);
  if (report.stopReason !== undefined) log.line(`${report.stopReason.code}: ${report.stopReason.message}`);
  const outcomes = `${counts.locked} locked, ${counts.failed} failed, ${counts.unconfirmed} unconfirmed, ${counts.notAttempted} not attempted`;
  log.line(`Result: ${report.status}: ${outcomes} (${requests.total} requests, ${report.durationMs / 1000} s)`);
  log.line(JSON.stringify(omitted > 0 ? { ...report, failures: shown, failuresOmitted: omitted } : report));
}
