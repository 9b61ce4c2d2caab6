import { ACTION_LABELS } from '../actions/action-labels';
import type { Report } from '../report/build-report';
import { HAND_OVER_LEASE_MS } from '../platform-facts';
import type { RecordStatus } from './RunRecord';
import { shortenReport } from '../report/log-report';
import type { RunRecorder } from './RunRecorder';

/**
 * Writes how an invocation ended into the run's record, and gives the lease back; a run that continues keeps it for its
 * next invocation.
 *
 * The counts are those of the whole run: who was brought there by earlier invocations was not there already.
 * @param nextAfterMs for when the next invocation is ordered, from now, if one is
 */
export async function finishRun(
  recorder: RunRecorder,
  report: Report,
  nowMs: number,
  nextAfterMs: number
): Promise<void> {
  const { counts } = report;
  const continues = report.status === 'continues';
  const { already, done } = ACTION_LABELS[report.action];
  // Whom somebody else has changed back since is no longer there, and is in another count.
  const before = Math.min(recorder.doneBefore, counts[already] ?? 0);
  await recorder.close({
    status: report.status as RecordStatus,
    finishedAtMs: continues ? null : nowMs,
    leaseHolder: null,
    leaseExpiresAtMs: continues ? nowMs + nextAfterMs + HAND_OVER_LEASE_MS : null,
    message: report.stopReason?.message ?? null,
    report: JSON.stringify(shortenReport(report)),
    ...counts,
    [already]: (counts[already] ?? 0) - before,
    planned: counts.planned + before,
    [done]: (counts[done] ?? 0) + before
  });
}
