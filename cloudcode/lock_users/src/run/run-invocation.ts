import { isReading } from '../actions/ActionLabels';
import { toErrorDetails } from '../errors';
import { deleteOldBatches } from '../records/delete-old-batches';
import { findUnclosed } from '../records/find-unclosed';
import { finishRun } from '../records/finish-run';
import { logIncomplete } from '../records/save-run';
import { buildReport } from '../report/build-report';
import { describeWhoIsOut } from '../report/describe-who-is-out';
import { logReport } from '../report/log-report';
import type { Report } from '../report/Report';
import type { Roster } from '../users/Roster';
import { countDoneEarlier, countProtected } from './ActiveRun';
import { advance } from './advance';
import type { Progress } from './advance';
import { nameUsers } from './name-users';
import { retryUndo } from './retry-undo';
import type { RunContext } from './RunContext';
import { scheduleContinuation } from './schedule-continuation';
import type { Ending } from './schedule-continuation';

/**
 * One invocation of a run: begin, resolve the goal, observe, plan, apply, verify, report; and schedule the next invocation
 * where the time did not suffice.
 *
 * Whatever goes wrong from here on ends in the returned report.
 * @throws InvariantError where the report's counts would not add up
 */
export async function runInvocation(context: RunContext): Promise<Report> {
  return (await runWithRoster(context)).report;
}

/** The same, with the roster, for a program that shows who is in a plan. @throws InvariantError as well */
export async function runWithRoster(
  asked: RunContext
): Promise<{ readonly report: Report; readonly roster: Roster | undefined }> {
  const { ports, settings, sender, parameters } = asked;
  const progress: Progress = {
    deployment: { label: null, environment: null, backendId: settings.backendId },
    hasBegun: false,
    verified: false,
    context: asked,
    hasBegunBefore: false
  };
  try {
    await advance(asked, progress);
  } catch (error) {
    sender.stopWith(toErrorDetails(error));
  }
  const { run, context } = progress;
  const ending = await endInvocation(progress);
  const resetBefore = run?.roster.countResetBefore() ?? 0;
  const report = buildReport({
    context,
    deployment: progress.deployment,
    roster: isReading(parameters.action) ? undefined : run?.roster,
    whoIsOut: run && describeWhoIsOut(run),
    stayingOut: run?.stayingOut,
    protectedBy: run && countProtected(run),
    canary: run?.canary,
    sessions: run?.sessions?.count((userId) => run.roster.isPlanned(userId)),
    verified: progress.verified,
    doneEarlier: countDoneEarlier(context, run),
    isPastUnknown: progress.isPastUnknown ?? false,
    // Sessions that turned RESET between the run's first look at the users and this invocation's.
    resetEarlier: Math.max(0, resetBefore - (parameters.continuation?.resetSessions ?? resetBefore)),
    // Somebody may have called it off since it was ordered.
    unlockRunId: context.unlockAtMs === undefined ? undefined : (progress.record?.unlockRunId ?? undefined),
    isRecorded: progress.record !== undefined,
    hasBegunBefore: progress.hasBegunBefore,
    ...ending
  });
  // Before the record is closed, which may take all the time that is left.
  logReport(ports.log, report);
  // Whoever is to go on finds the record as it is.
  const isToClose = !progress.hasBegun && report.status !== 'continues' && report.status !== 'queued';
  const record = isToClose ? await findUnclosed(context) : progress.record;
  // While this run holds the lease, so that no other one has marked the same run meanwhile.
  if (hasDoneNothing(report)) await run?.withdraw?.().catch((error: unknown) => logIncomplete(context, error));
  if (record !== undefined && ports.records !== undefined) {
    await finishRun(context, ports.records, record, run, report);
  }
  // For whoever called: names stand neither in the log nor in the record.
  const named = await nameUsers(context, report);
  if (run?.recorder !== undefined && ports.records !== undefined && report.status !== 'continues') {
    await deleteOldBatches(context, ports.records);
  }
  return { report: named, roster: run?.roster };
}

/** Whether the run is over and has changed nobody, so that nothing of it must look done. */
function hasDoneNothing({ status, stopReason }: Report): boolean {
  return ['refused', 'failed', 'stalled', 'stopped'].includes(status) && stopReason?.usersChanged === 'no';
}

/** Why the invocation did less than it could, if so, and whether the run goes on by itself. */
async function endInvocation({ context, refusal, run }: Progress): Promise<Ending> {
  const stop = context.sender.stop ?? refusal;
  const isOutOfTime = stop?.code === 'TIME_BUDGET' && !context.dryRun;
  return retryUndo(context, isOutOfTime ? await scheduleContinuation(context, stop, run) : { stop });
}
