import { ACTION_LABELS } from '../actions/ActionLabels';
import type { RecordStore } from '../ports';
import { shortenReport } from '../report/shorten-report';
import type { Report } from '../report/Report';
import { countDoneEarlier } from '../run/ActiveRun';
import type { ActiveRun } from '../run/ActiveRun';
import type { RunContext } from '../run/RunContext';
import { HAND_OVER_LEASE_MS } from './RunRecord';
import type { RecordStatus, RunRecord } from './RunRecord';
import { saveRun } from './save-run';

/**
 * Writes how an invocation ended into the run's record, and gives the lease back; a run that continues keeps it for its
 * next invocation, if it has got it. One that is to come back as it came is no invocation that
 * was carried out.
 *
 * The counts are those of the whole run: a user that an earlier invocation changed was not in the goal state already.
 *
 * @param run has the batches; undefined where the invocation ended before any could be sent
 */
export async function finishRun(
  context: RunContext,
  records: RecordStore,
  record: RunRecord,
  run: ActiveRun | undefined,
  report: Report
): Promise<void> {
  const nowMs = context.ports.clock.nowMs();
  const { counts } = report;
  const continues = report.status === 'continues';
  const comesBack = report.status === 'queued';
  const handsOver = continues && record.status === 'running';
  const { already, done } = ACTION_LABELS[report.action];
  const doneBefore = run?.roster.countDoneEarlier() ?? 0;
  const outside = run?.roster.countOutsideDoneEarlier() ?? 0;
  // An invocation that ended before it looked at any user knows no better than the one before it.
  const isKnownBefore = run === undefined && (isKnown(record.selected) || report.status === 'stopped');
  const { sender, unlockAtMs = Infinity } = context;
  const ending: Partial<RunRecord> = {
    status: comesBack ? 'continues' : (report.status as RecordStatus),
    ...(comesBack && { invocation: report.invocation - 1 }),
    finishedAtMs: continues || comesBack ? null : nowMs,
    leaseHolder: null,
    // From the time of `unlockAt` on it would only keep the undo from beginning.
    leaseExpiresAtMs: handsOver ? Math.min(unlockAtMs, nowMs + sender.pauseLeftMs + HAND_OVER_LEASE_MS) : null,
    message: report.stopReason?.message ?? null,
    report: JSON.stringify(shortenReport(report)),
    ...(!isKnownBefore && {
      ...counts,
      selected: counts.selected + outside,
      [already]: Math.max(0, (counts[already] ?? 0) - (doneBefore - outside)),
      planned: counts.planned + doneBefore,
      [done]: (counts[done] ?? 0) + Math.max(doneBefore, countDoneEarlier(context, run))
    })
  };
  if (run?.recorder !== undefined) return run.recorder.finish(ending);
  Object.assign(record, ending);
  await saveRun(context, records, record);
}

function isKnown(count: number | null | undefined): boolean {
  return count !== null && count !== undefined;
}
