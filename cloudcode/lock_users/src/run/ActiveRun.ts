import type { ResolvedGoal } from '../actions/Goal';
import type { RunRecorder } from '../records/RunRecorder';
import type { Roster } from '../users/Roster';
import type { RunContext } from './RunContext';

/** A run whose goal is known: it observes, plans, applies and verifies. */
export interface ActiveRun extends RunContext, ResolvedGoal {
  readonly roster: Roster;
  /** Where it is written down who is sent, if anywhere. */
  readonly recorder: RunRecorder | undefined;
  /** Whether no invocation of the run has begun before. */
  readonly isNew: boolean;
}
