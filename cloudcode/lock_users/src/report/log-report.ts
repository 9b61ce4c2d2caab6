import { ACTION_LABELS } from '../actions/action-labels';
import type { Report } from './build-report';
import type { Goal } from '../actions/Goal';
import { MAX_FAILURES_IN_LOG } from '../platform-facts';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import type { PlanCounts } from '../users/outcomes';
import type { Deployment } from '../vocabulary';
import type { Log } from '../ports';

/** Which run this is. */
export function logRun(log: Log, runId: string, invocation: number): void {
  log.line(`lock_users, run ${runId}${invocation === 1 ? '' : `, invocation ${invocation}`}`);
}

/** On which deployment it is, and who asked for it. */
export function logDeployment(
  log: Log,
  deployment: Deployment,
  { reason, requestedBy }: Pick<Parameters, 'reason' | 'requestedBy'>,
  authScheme: Settings['authScheme']
): void {
  const { label, environment, backendId } = deployment;
  log.line(`Deployment: ${label ?? 'without a label'} (${environment ?? 'environment unknown'}), backend ${backendId}`);
  const source =
    authScheme === 'Token' ? 'the CloudCode runtime (this.backend)' : 'JOURNEY_BACKEND_URL, JOURNEY_API_TOKEN';
  log.line(`Address and token from ${source}`);
  // As JSON, so that a line break in it cannot pass for a line of this log.
  if (reason !== undefined) log.line(`Reason: ${JSON.stringify(reason)}`);
  if (requestedBy !== undefined) log.line(`Requested by: ${JSON.stringify(requestedBy)}`);
}

/** A plan, and how many sessions it is about where it is about sessions. */
export interface Plan {
  readonly goal: Pick<Goal, 'action' | 'skippedCount' | 'whenNotListed'>;
  readonly counts: PlanCounts;
  readonly sessions: number | undefined;
  readonly dryRun: boolean;
}

const SPARED_TEXTS = { notEnrolled: 'not in the app', lockedAgain: 'locked again since' } as const;

/** What the run is about to do, or has begun to do: sending starts before the last users are read. */
export function logPlan(log: Log, { goal, counts, sessions, dryRun }: Plan): void {
  const { alreadyText, participle, verb, keepsData } = ACTION_LABELS[goal.action];
  const left = [
    ...[`${counts.protected} protected`, `${counts.excluded} excluded`, `${counts.already} ${alreadyText}`],
    ...(goal.skippedCount === undefined ? [] : [`${counts.skipped} ${SPARED_TEXTS[goal.skippedCount]}`]),
    ...(goal.whenNotListed === 'skip' && counts.gone > 0 ? [`${counts.gone} no longer there`] : [])
  ];
  log.line(`Selected: ${counts.selected} users (${left.join(', ')})`);
  const users = `${counts.planned} users${sessions === undefined ? '' : ` (${sessions} sessions)`}`;
  const kept = keepsData ? ', the data on their devices kept' : '';
  log.line(
    dryRun
      ? `Plan: ${users} would be ${participle}${kept}. Dry run: nothing is sent.`
      : `Plan: ${verb} ${users}${keepsData ? ' and keep the data on their devices' : ''}`
  );
}

/** Ids that were configured or asked for, and that the users API does not show: probably mistakes. */
export function logUnknownIds(log: Log, origin: string, ids: readonly string[]): void {
  if (ids.length === 0) return;
  const first = ids.slice(0, MAX_FAILURES_IN_LOG).join(', ');
  log.line(
    `Warning: ${ids.length} ids in ${origin} are no users of this deployment: ${first}${ids.length > MAX_FAILURES_IN_LOG ? ', …' : ''}`
  );
}

/** The result for people, then the report as one line of JSON. Both name at most 20 failures. */
export function logReport(log: Log, report: Report): void {
  const { resetSessions, stillLocked } = report;
  const short = shortenReport(report);
  const { failures: shown, failuresOmitted: omitted = 0 } = short;
  for (const { userId, outcome, type, detail } of shown) log.line(`${outcome}: ${userId}: ${type}: ${detail}`);
  if (omitted > 0) log.line(`… and ${omitted} more; the returned report names ${report.failures.length}`);
  if (stillLocked !== undefined && stillLocked.count > 0) logStillLocked(log, stillLocked);
  if (report.stopReason !== undefined) log.line(`${report.stopReason.code}: ${report.stopReason.message}`);
  if (resetSessions !== undefined) {
    log.line(
      `ALARM: ${resetSessions.count} device sessions turned RESET during this run. Their devices wipe their data at the next connect. ` +
        `This task asks for no wipe, so somebody else did: ${resetSessions.userIds.join(', ') || 'see the data browser'}`
    );
  }
  log.line(report.status === 'queued' ? 'Result: queued' : describeResult(report));
  log.line(JSON.stringify(short));
}

function logStillLocked(log: Log, { count, users }: NonNullable<Report['stillLocked']>): void {
  log.line(`${count} users stay locked:`);
  const shown = users.slice(0, MAX_FAILURES_IN_LOG);
  for (const { userId, type, detail } of shown) log.line(`stays locked: ${userId}: ${type}: ${detail}`);
  if (count > shown.length) log.line(`… and ${count - shown.length} more; the returned report names ${users.length}`);
}

/** The report with at most 20 failures and users who stay locked, and the number of the others. */
export function shortenReport(report: Report): Report {
  const { counts, failures } = report;
  const shown = failures.slice(0, MAX_FAILURES_IN_LOG);
  const omitted = counts.failed + counts.unconfirmed - shown.length;
  const { stillLocked } = report;
  return {
    ...report,
    ...(omitted > 0 && { failures: shown, failuresOmitted: omitted }),
    ...(stillLocked && { stillLocked: { ...stillLocked, users: stillLocked.users.slice(0, MAX_FAILURES_IN_LOG) } })
  };
}

function describeResult(report: Report): string {
  const { action, status, verified, dryRun, counts, earlier, requests, durationMs, sessions } = report;
  const { done, participle } = ACTION_LABELS[action];
  const changed = counts[done] ?? 0;
  const unverified = verified || dryRun || changed === 0 ? '' : ' (by the answers, not verified)';
  const ofSessions = sessions === undefined ? '' : ` (${sessions.signedOut} of ${sessions.planned} sessions)`;
  const outcomes = `${changed} ${participle}${unverified}${ofSessions}, ${counts.failed} failed, ${counts.unconfirmed} unconfirmed, ${counts.notAttempted} not attempted`;
  const before = earlier === undefined ? '' : `, ${earlier[done] ?? 0} ${participle} by earlier invocations`;
  return `Result: ${status}: ${outcomes}${before} (${requests.total} requests, ${durationMs / 1000} s)`;
}
