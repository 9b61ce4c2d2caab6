import { isReading } from '../actions/ActionLabels';
import { countUsers } from '../reasons/stop-reason';
import type { Report } from './Report';

/** What the next step of a run goes by. */
export interface EndedRun extends Pick<
  Report,
  'runId' | 'action' | 'undoes' | 'status' | 'dryRun' | 'unlockRunId' | 'counts' | 'earlier'
> {
  /** Whether the run is recorded, so that it can be undone. */
  readonly isRecorded: boolean;
  /** `unlockAt` as a person reads it. */
  readonly backInAt: string | undefined;
  /** The next step of the reason why it did less than it could, if there is one. */
  readonly stopNextStep: string | undefined;
}

const RUN_AGAIN = 'Run the task again; it finishes what is missing.';

const NO_ACTION = 'No action needed.';

/** What comes next after an invocation, whatever its ending: a sentence or two. */
export function nextStep(run: EndedRun): string {
  const { action, status, stopNextStep, counts } = run;
  if (isReading(action)) return stopNextStep ?? NO_ACTION;
  if (status === 'planned') {
    return stopNextStep ?? 'Nothing was sent. To carry it out, start it with the same parameters without "dryRun".';
  }
  const isMissing = counts.failed + counts.unconfirmed + counts.notAttempted > 0;
  const first = stopNextStep ?? (isMissing ? RUN_AGAIN : undefined);
  const wayBack = describeWayBack(run);
  return [first, wayBack].filter((text) => text !== undefined).join(' ') || NO_ACTION;
}

/** How to take back what the run has done, or how it would have been better done; undefined where it has changed nobody. */
function describeWayBack(run: EndedRun): string | undefined {
  const { runId, action, status, undoes, backInAt, unlockRunId, counts, earlier, isRecorded, dryRun } = run;
  if (dryRun) return undefined;
  switch (action) {
    case 'lock': {
      if ((counts.locked ?? 0) + (earlier?.locked ?? 0) + counts.unconfirmed === 0) {
        const before = counts.alreadyLocked ?? 0;
        if (status !== 'done' || backInAt === undefined || unlockRunId !== undefined || before === 0) return undefined;
        return `This run has locked nobody, so it orders no undo of its own: ${countUsers(before)} ${before === 1 ? 'was' : 'were'} locked before.`;
      }
      if (!isRecorded) return `To let them back in: {"action": "unlock"}. It lets in whoever was locked by hand, too.`;
      const undo = `{"undo": "${runId}"}`;
      return unlockRunId === undefined
        ? `To let them back in: ${undo}`
        : `They are let back in at ${backInAt ?? 'the time in the record'}. To let them in earlier: ${undo}`;
    }
    case 'unlock':
      if (undoes !== undefined || (counts.unlocked ?? 0) === 0) return undefined;
      return 'This let in whoever was locked by hand, too. An undo of the lock run would have left those locked: {"undo": "<its run id>"}';
    case 'reauthenticate':
      return (counts.reauthenticated ?? 0) === 0 ? undefined : 'They come back by signing in.';
    case 'status':
      return undefined;
  }
}
