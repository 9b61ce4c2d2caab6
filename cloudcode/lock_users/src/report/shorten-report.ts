import type { Report } from './Report';

/** Users of one kind that the log and the record name; the returned report names more. Ours, for readable logs. */
export const MAX_USERS_IN_LOG = 20;

/** The report with at most 20 users of each kind, and the number of the others. */
export function shortenReport(report: Report): Report {
  const { counts, failures } = report;
  const shown = failures.slice(0, MAX_USERS_IN_LOG);
  const omitted = counts.failed + counts.unconfirmed - shown.length;
  const { stillLocked, resetSessions, whoIsOut } = report;
  return {
    ...report,
    ...(omitted > 0 && { failures: shown, failuresOmitted: omitted }),
    ...(resetSessions && { resetSessions: shortenUserIds(resetSessions) }),
    ...(whoIsOut && { whoIsOut: shortenWhoIsOut(whoIsOut) }),
    ...(stillLocked && { stillLocked: { ...stillLocked, users: stillLocked.users.slice(0, MAX_USERS_IN_LOG) } })
  };
}

function shortenWhoIsOut(whoIsOut: NonNullable<Report['whoIsOut']>): NonNullable<Report['whoIsOut']> {
  const users = whoIsOut.users.slice(0, MAX_USERS_IN_LOG);
  const omitted = (whoIsOut.usersOmitted ?? 0) + whoIsOut.users.length - users.length;
  return { ...whoIsOut, users, ...(omitted > 0 && { usersOmitted: omitted }) };
}

function shortenUserIds(reset: NonNullable<Report['resetSessions']>): NonNullable<Report['resetSessions']> {
  const userIds = reset.userIds.slice(0, MAX_USERS_IN_LOG);
  const userIdsOmitted = (reset.userIdsOmitted ?? 0) + reset.userIds.length - userIds.length;
  return { count: reset.count, userIds, ...(userIdsOmitted > 0 && { userIdsOmitted }) };
}
