import type { Report } from './Report';

/** Users of one kind that the log and the record name; the returned report names more. Ours, for readable logs. */
export const MAX_USERS_IN_LOG = 20;

/** The report with at most 20 users of each kind, and the number of the others. */
export function shortenReport(report: Report): Report {
  const { counts, failures } = report;
  const shown = failures.slice(0, MAX_USERS_IN_LOG);
  const omitted = counts.failed + counts.unconfirmed - shown.length;
  const { stillLocked, resetSessions } = report;
  return {
    ...report,
    ...(omitted > 0 && { failures: shown, failuresOmitted: omitted }),
    ...(resetSessions && { resetSessions: shortenUserIds(resetSessions) }),
    ...(stillLocked && { stillLocked: { ...stillLocked, users: stillLocked.users.slice(0, MAX_USERS_IN_LOG) } })
  };
}

function shortenUserIds(reset: NonNullable<Report['resetSessions']>): NonNullable<Report['resetSessions']> {
  const userIds = reset.userIds.slice(0, MAX_USERS_IN_LOG);
  const userIdsOmitted = (reset.userIdsOmitted ?? 0) + reset.userIds.length - userIds.length;
  return { count: reset.count, userIds, ...(userIdsOmitted > 0 && { userIdsOmitted }) };
}
