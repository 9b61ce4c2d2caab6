import type { Report } from '../../cloudcode/lock_users';
import type { StateSummary } from '../local/backend/start-backend';
import type { DemoResult } from './run-demo';

/** What is there before anything happens. */
export function formatStart(before: StateSummary, protectedUsers: number): string {
  return [
    `An embedded JourneyApps backend with ${before.users} users and ${before.sessions.ENROLLED} devices in the app.`,
    `${before.lockedUsers} users are locked already, ${protectedUsers} are protected.`
  ].join('\n');
}

/** The result of the dry run. */
export function formatPlan({ counts }: Report): string {
  return [
    '',
    'Plan (dry run: nothing is sent)',
    `  ${counts.selected} selected − ${counts.protected} protected − ${counts.excluded} excluded − ${counts.alreadyLocked} already locked = ${counts.planned} to lock`
  ].join('\n');
}

/** One line of the task's log; undefined for its last line, the report as JSON, which the table shows better. */
export function formatLogLine(line: string): string | undefined {
  return line.startsWith('{') ? undefined : `  ${line}`;
}

/** The result as a short table, from the report and from what the backend says itself. */
export function formatResult({ report, before, after }: DemoResult): string {
  const { counts } = report;
  const rows: [string, number][] = [
    ['Users locked by this run', counts.locked],
    ['Users locked before', counts.alreadyLocked],
    ['Users protected', counts.protected],
    ['Users failed or unconfirmed', counts.failed + counts.unconfirmed],
    [
      'Devices signed out, data kept',
      before.sessions.ENROLLED - after.sessions.ENROLLED - wipedSessions(before, after)
    ],
    ['Devices wiped', wipedSessions(before, after)],
    ['Batch requests', after.lockRequests]
  ];
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const numberWidth = Math.max(...rows.map(([, value]) => String(value).length));
  return [
    '',
    `Result: ${report.status}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(labelWidth)}  ${String(value).padStart(numberWidth)}`)
  ].join('\n');
}

/** The report and the backend's own figures, as one JSON document. */
export function formatJson({ report, after }: DemoResult): string {
  const { users, lockedUsers, resetSessions, lockRequests, operations } = after;
  return JSON.stringify(
    { ...report, backend: { users, lockedUsers, resetSessions, lockRequests, operations } },
    null,
    2
  );
}

/** Whether the run did what it was for: every planned user locked and no device wiped. */
export function isSuccess({ report, before, after }: DemoResult): boolean {
  return report.status === 'done' && wipedSessions(before, after) === 0;
}

function wipedSessions(before: StateSummary, after: StateSummary): number {
  return after.resetSessions - before.resetSessions;
}
