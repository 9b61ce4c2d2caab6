import { ACTION_LABELS, isReading } from '../actions/ActionLabels';
import { cleanText, MAX_MESSAGE_BYTES } from '../outside-text';
import type { Log } from '../ports';
import { countUsers } from '../reasons/stop-reason';
import { logWhoIsOut } from './describe-who-is-out';
import type { Report } from './Report';
import { MAX_USERS_IN_LOG, shortenReport } from './shorten-report';

/** The result for people, then the report as one line of JSON. Both name at most 20 failures. */
export function logReport(log: Log, report: Report): void {
  const { stillLocked } = report;
  const short = shortenReport(report);
  const { failures: shown, failuresOmitted: omitted = 0 } = short;
  for (const { userId, outcome, type, detail } of shown) log.line(`${outcome}: ${userId}: ${type}: ${detail}`);
  if (omitted > 0) log.line(`… and ${omitted} more; the returned report names ${report.failures.length}`);
  if (stillLocked !== undefined && stillLocked.count > 0) logStillLocked(log, stillLocked);
  if (report.stopReason !== undefined) log.line(`${report.stopReason.code}: ${report.stopReason.message}`);
  if (short.whoIsOut !== undefined) logWhoIsOut(log, short.whoIsOut);
  if (short.resetSessions !== undefined) logAlarm(log, short.resetSessions);
  log.line(report.status === 'queued' ? 'Result: queued' : describeResult(report));
  log.line(report.nextStep);
  log.line(JSON.stringify(short));
}

function logAlarm(log: Log, { count, userIds, userIdsOmitted = 0 }: NonNullable<Report['resetSessions']>): void {
  const others = userIdsOmitted > 0 ? ` and ${countUsers(userIdsOmitted)} more` : '';
  const named = cleanText(userIds.join(', '), MAX_MESSAGE_BYTES) || 'see the data browser';
  log.line(
    `ALARM: ${count} device ${count === 1 ? 'session' : 'sessions'} turned RESET during this run. Their devices wipe their data at the next connect. ` +
      `This task asks for no wipe, so the platform or somebody else did: ${named}${others}`
  );
}

function logStillLocked(log: Log, { count, users }: NonNullable<Report['stillLocked']>): void {
  log.line(`${countUsers(count)} ${count === 1 ? 'stays' : 'stay'} locked:`);
  const shown = users.slice(0, MAX_USERS_IN_LOG);
  for (const { userId, type, detail } of shown) log.line(`stays locked: ${userId}: ${type}: ${detail}`);
  if (count > shown.length) log.line(`… and ${count - shown.length} more; the returned report names ${users.length}`);
}

function describeResult(report: Report): string {
  const { action, status, verified, dryRun, counts, earlier, requests, durationMs, sessions } = report;
  const { done, participle } = ACTION_LABELS[action];
  const changed = counts[done] ?? 0;
  const unverified = verified || dryRun || changed === 0 ? '' : ' (by the answers, not verified)';
  const ofSessions = sessions === undefined ? '' : ` (${sessions.signedOut} of ${sessions.planned} sessions)`;
  const outcomes = isReading(action)
    ? `${countUsers(counts.selected)} looked at`
    : `${changed} ${participle}${unverified}${ofSessions}, ${counts.failed} failed, ${counts.unconfirmed} unconfirmed, ${counts.notAttempted} not attempted`;
  const before = earlier === undefined ? '' : `, ${earlier[done] ?? 0} ${participle} by earlier invocations`;
  return `Result: ${status}: ${outcomes}${before} (${requests.total} ${requests.total === 1 ? 'request' : 'requests'}, ${durationMs / 1000} s)`;
}
