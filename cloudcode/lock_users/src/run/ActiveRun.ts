import type { ResolvedGoal } from '../actions/Goal';
import type { EarlierBatches } from '../records/EarlierBatches';
import type { RunRecorder } from '../records/RunRecorder';
import type { Roster } from '../users/Roster';
import type { RunContext } from './RunContext';

/** A run whose goal is known: it observes, plans, applies and verifies. */
export interface ActiveRun extends RunContext, ResolvedGoal {
  readonly roster: Roster;
  /** Saves which users are sent; undefined where the app keeps no records. */
  readonly recorder: RunRecorder | undefined;
  /** Whether no invocation of the run has begun before. */
  readonly isNew: boolean;
  /** What earlier invocations have written down; undefined where there were none, or where the app keeps no records. */
  readonly earlier: EarlierBatches | undefined;
}

/** How many users earlier invocations of the run brought to the goal state, as far as it is known. */
export function countDoneEarlier({ parameters }: RunContext, run: Pick<ActiveRun, 'earlier'> | undefined): number {
  return run?.earlier?.countDone() ?? parameters.continuation?.done ?? 0;
}
