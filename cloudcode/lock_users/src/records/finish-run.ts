import { ACTION_LABELS } from '../actions/ActionLabels';
import type { RecordStore } from '../ports';
import { shortenReport } from '../report/shorten-report';
import type { Report } from '../report/Report';
import type { RunContext } from '../run/RunContext';
import type { RunRecorder } from './RunRecorder';
import { saveRun } from './save-in-time';
import { HAND_OVER_LEASE_MS } from './RunRecord';
import type { RecordStatus, RunRecord } from './RunRecord';

/**
 * Writes how an invocation ended into the run's record, and gives the lease back; a run that continues keeps it for its
 * next invocation.
 *
 * The counts are those of the whole run: a user that an earlier invocation changed was not in the goal state already.
 *
 * @param recorder has the batches; undefined where the invocation ended before any could be sent
 */
export async function finishRun(
  context: RunContext,
  records: RecordStore,
  run: RunRecord,
  recorder: RunRecorder | undefined,
  report: Report
): Promise<void> {
  const nowMs = context.ports.clock.nowMs();
  const { counts } = report;
  const continues = report.status === 'continues';
  const { already, done } = ACTION_LABELS[report.action];
  // A user that somebody else has changed back since is no longer in the goal state, and is in another count.
  const doneBefore = Math.min(recorder?.doneBefore ?? run[done] ?? 0, counts[already] ?? 0);
  const { sender } = context;
  const ending: Partial<RunRecord> = {
    status: report.status as RecordStatus,
    finishedAtMs: continues ? null : nowMs,
    leaseHolder: null,
    leaseExpiresAtMs: continues ? nowMs + sender.pauseLeftMs + HAND_OVER_LEASE_MS : null,
    message: report.stopReason?.message ?? null,
    report: JSON.stringify(shortenReport(report)),
    ...counts,
    [already]: (counts[already] ?? 0) - doneBefore,
    planned: counts.planned + doneBefore,
    [done]: (counts[done] ?? 0) + doneBefore
  };
  if (recorder !== undefined) return recorder.finish(ending);
  Object.assign(run, ending);
  await saveRun(context, records, run);
}
