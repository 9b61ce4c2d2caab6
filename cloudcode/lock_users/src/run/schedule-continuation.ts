import type { ErrorDetails } from '../errors';
import { READ_LAG_MS } from '../platform-facts';
import { describeMoment } from '../input/unlock-at';
import { stalled } from '../reasons/run-reasons';
import { unlockDue } from '../reasons/unlock-at-reasons';
import { countDoneEarlier, hasReadEverybody } from './ActiveRun';
import type { ActiveRun } from './ActiveRun';
import { continueRun } from './Continuation';
import type { Continuation } from './Continuation';
import type { RunContext } from './RunContext';
import { scheduleInvocation } from './schedule-invocation';

/** Why an invocation stops, and what the next one was handed, if one was scheduled. */
export interface Ending {
  readonly stop?: ErrorDetails | undefined;
  readonly next?: Continuation;
}

/** Schedules the next invocation of a run whose time is used up, and says why the run stops here if it cannot be. */
export async function scheduleContinuation(
  context: RunContext,
  stop: ErrorDetails,
  run: ActiveRun | undefined
): Promise<Ending> {
  const { ports, parameters, sender, runId, startedAtMs, unlockAtMs } = context;
  if (unlockAtMs !== undefined && ports.clock.nowMs() + sender.pauseLeftMs >= unlockAtMs) {
    return { stop: unlockDue(describeMoment(unlockAtMs, parameters.unlockAt)) };
  }
  const { roster, sessions } = run ?? {};
  const outcomes = roster?.countOutcomes();
  const next = continueRun({ runId, startedAtMs: Math.floor(startedAtMs) }, parameters.continuation, {
    already: roster?.countPlan().already ?? 0,
    done: outcomes?.done ?? 0,
    unconfirmed: outcomes?.unconfirmed ?? 0,
    isComplete: hasReadEverybody(context.warnings, run),
    isWaiting: roster?.hasWaiting ?? false,
    doneEarlier: countDoneEarlier(context, run),
    resetBefore: roster?.countResetBefore() ?? 0,
    canaryPassed: run?.canary.isPassed ?? false,
    sessions: sessions?.count((userId) => roster?.isPlanned(userId) === true),
    batchUnlock: run?.batchUnlock.finding ?? parameters.continuation?.batchUnlock,
    bucket: sender.bucketState
  });
  if (next === undefined) return { stop: stalled(stop.message) };
  if (ports.queue === undefined) return { stop };
  const failure = await scheduleInvocation(
    ports,
    { ...parameters.rawParameters, continuation: next },
    // Who waits to be sent again can be, once the users API shows what came of the first time.
    Math.max(sender.pauseLeftMs, roster?.hasWaiting === true ? READ_LAG_MS : 0),
    sender.timer.schedulingLeftMs
  );
  if (failure === undefined) {
    return { stop: { ...stop, nextStep: `Invocation ${next.invocation} is scheduled and goes on by itself.` }, next };
  }
  return {
    stop: {
      ...stop,
      message: `${stop.message} The next invocation could not be scheduled: ${failure.replace(/\.$/, '')}.`
    }
  };
}
