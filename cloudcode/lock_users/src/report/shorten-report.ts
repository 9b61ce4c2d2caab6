import type { Report } from './Report';

/** Users of one kind that the log and the record name; the returned report names more. Ours, for readable logs. */
export const MAX_USERS_IN_LOG = 20;

/** The report with at most 20 failures and users that stay locked, and the number of the others. */
export function shortenReport(report: Report): Report {
  const { counts, failures } = report;
  const shown = failures.slice(0, MAX_USERS_IN_LOG);
  const omitted = counts.failed + counts.unconfirmed - shown.length;
  const { stillLocked } = report;
  return {
    ...report,
    ...(omitted > 0 && { failures: shown, failuresOmitted: omitted }),
    ...(stillLocked && { stillLocked: { ...stillLocked, users: stillLocked.users.slice(0, MAX_USERS_IN_LOG) } })
  };
}
