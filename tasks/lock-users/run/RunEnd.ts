import type { Counts, Report } from '../../../cloudcode/lock_users/src/report/Report';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { formatMoment } from '../../../cloudcode/lock_users/src/input/unlock-at';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { exitCodeOfRun } from '../exit-codes';
import { formatTable } from '../format-table';
import { parseReport } from './parse-report';

/** How a run stands, or how it ended. */
export interface RunEnd {
  readonly runId: string;
  readonly action: string;
  readonly status: string;
  /** Counts of the whole run, over all its invocations. */
  readonly counts: Readonly<Record<string, number>>;
  /** The report of its last invocation, where there is one. */
  readonly report: Report | undefined;
  /** Why it did less than it could, and what to do. */
  readonly message: string | undefined;
  /** When its users are let back in by themselves (ISO 8601), and by which run; undefined where they are not, or are in. */
  readonly morning?: Morning | undefined;
}

interface Morning {
  readonly unlockAt: string;
  readonly unlockRunId: string;
}

/** The names of the counts, in the order in which they are shown. */
const COUNT_NAMES: readonly (keyof Counts)[] = [
  'selected',
  'protected',
  'excluded',
  'alreadyLocked',
  'alreadyUnlocked',
  'alreadySignedOut',
  'notEnrolled',
  'lockedAgain',
  'notShown',
  'planned',
  'locked',
  'unlocked',
  'reauthenticated',
  'failed',
  'unconfirmed',
  'notAttempted'
];

/** What a record says of its run. */
export function readRecord(record: RunRecord): RunEnd {
  const counts = pickCounts(record);
  return {
    runId: record.runId ?? record.id,
    action: record.action ?? 'lock',
    status: record.status ?? 'no status',
    counts,
    report: parseReport(record.report),
    message: record.message ?? undefined,
    morning: findMorning(record, counts)
  };
}

/** Whoever takes `unlockAt` out of the record calls it off. */
function findMorning(
  { unlockAtMs, unlockRunId, undoneBy }: RunRecord,
  counts: Readonly<Record<string, number>>
): Morning | undefined {
  const mayBeOut = (counts['locked'] ?? 0) + (counts['unconfirmed'] ?? 0) > 0;
  if (!mayBeOut || unlockAtMs === null || unlockRunId === null || undoneBy !== null) return undefined;
  return { unlockAt: formatMoment(unlockAtMs), unlockRunId };
}

/** What the report of the last invocation says of a run that has no record. */
export function readReport(report: Report): RunEnd {
  const { done } = ACTION_LABELS[report.action];
  return {
    runId: report.runId,
    action: report.action,
    status: report.status,
    counts: { ...pickCounts(report.counts), [done]: (report.counts[done] ?? 0) + (report.earlier?.[done] ?? 0) },
    report,
    message: report.stopReason?.message
  };
}

/** The exit code of a run that has ended. */
export function exitCodeOf({ status, report, counts }: RunEnd): number {
  // A run that was refused before it began has no report: its parameters or the settings are wrong.
  const stopCode =
    report?.stopReason?.code ?? (status === 'refused' && report === undefined ? 'INVALID_SETTINGS' : undefined);
  return exitCodeOfRun({ status, stopCode, unconfirmed: counts['unconfirmed'] ?? 0 });
}

/** For a terminal: the counts, users that are not there, warnings, and why. */
export function formatRun({ runId, action, status, counts, report, message, morning }: RunEnd): string[] {
  const rows = Object.entries(counts).map(([name, count]) => [`  ${splitName(name)}`, String(count)]);
  const failures = (report?.failures ?? []).map(
    ({ userId, outcome, type, detail }) => `  ${userId}  ${outcome}: ${type}: ${detail}`
  );
  const warnings = (report?.warnings ?? []).map(({ code, message: text }) => `Warning ${code}: ${text}`);
  return [
    `Run ${runId} (${action}): ${status}`,
    ...formatTable(rows),
    ...(failures.length > 0 ? ['Not there:', ...failures] : []),
    ...warnings,
    ...(message === undefined ? [] : [message]),
    ...(morning === undefined ? [] : [`They are let back in at ${morning.unlockAt}, by run ${morning.unlockRunId}.`])
  ];
}

/** A run as JSON has it. */
export function showRun({ runId, action, status, counts, report, message, morning }: RunEnd): Record<string, unknown> {
  return {
    runId,
    action,
    status,
    counts,
    ...(message !== undefined && { message }),
    ...(morning && { unlockAt: morning.unlockAt, unlockRunId: morning.unlockRunId }),
    ...(report && { report })
  };
}

/** `alreadyLocked` as `already locked`. */
export function splitName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function pickCounts(counts: Partial<Record<keyof Counts, number | null>>): Record<string, number> {
  return Object.fromEntries(
    COUNT_NAMES.flatMap((name) => {
      const count = counts[name];
      return count === undefined || count === null ? [] : [[name, count]];
    })
  );
}
