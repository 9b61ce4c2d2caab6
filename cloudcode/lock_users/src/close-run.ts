import type { Report } from './core/build-report';
import { HAND_OVER_LEASE_MS } from './core/limits';
import type { RecordStatus } from './core/run-record';
import { shortenReport } from './log-run';
import type { RunRecorder } from './RunRecorder';

/**
 * Writes how an invocation ended into the run's record, and gives the lease back; a run that continues keeps it for its
 * next invocation.
 *
 * The counts are those of the whole run: whom earlier invocations have locked is no longer already locked.
 * @param nextAfterMs for when the next invocation is ordered, from now, if one is
 */
export async function closeRun(
  recorder: RunRecorder,
  report: Report,
  nowMs: number,
  nextAfterMs: number
): Promise<void> {
  const { counts } = report;
  const continues = report.status === 'continues';
  const before = recorder.lockedBefore;
  await recorder.close({
    status: report.status as RecordStatus,
    finishedAtMs: continues ? null : nowMs,
    leaseHolder: null,
    leaseExpiresAtMs: continues ? nowMs + nextAfterMs + HAND_OVER_LEASE_MS : null,
    message: report.stopReason?.message ?? null,
    report: JSON.stringify(shortenReport(report)),
    ...counts,
    alreadyLocked: Math.max(0, counts.alreadyLocked - before),
    planned: counts.planned + before,
    locked: counts.locked + before
  });
}
