import type { BatchUnlock } from '../actions/BatchUnlock';
import type { ResolvedGoal } from '../actions/Goal';
import type { RunRecorder } from '../records/RunRecorder';
import type { ProtectedCounts } from '../report/Report';
import type { Canary } from '../users/Canary';
import type { Roster } from '../users/Roster';
import type { RunContext } from './RunContext';
import type { UnlockOrder } from './UnlockOrder';

/** Whom the rules of the deployment leave alone in this run. */
export interface RuleMatches {
  /** Ids of the users that `LOCK_USERS_PROTECTED_WHERE` protects; empty where there is no such rule, or the run lets people in. */
  readonly protectedByRule: ReadonlySet<string>;
  /** Ids of the users that `LOCK_USERS_STAY_OUT_WHERE` keeps out; empty where there is no such rule, or the run lets nobody in. */
  readonly stayingOut: ReadonlySet<string>;
}

/** A run whose goal is known: it observes, plans, applies and verifies. */
export interface ActiveRun extends RunContext, ResolvedGoal, RuleMatches {
  readonly roster: Roster;
  /** Who is sent before all others. */
  readonly canary: Canary;
  /** Saves which users are sent; undefined where the app keeps no records. */
  readonly recorder: RunRecorder | undefined;
  /** The undo that the run orders before it announces anybody; undefined where it is to order none. */
  readonly unlockOrder: UnlockOrder | undefined;
  /** What the run knows about unlocking in batches. */
  readonly batchUnlock: BatchUnlock;
  /** Whether no invocation of the run has begun before. */
  readonly isNew: boolean;
}

/** What protects the users that are selected and protected. Who is named as well as matched by the rule counts by id. */
export function countProtected({ settings, roster }: Pick<ActiveRun, 'settings' | 'roster'>): ProtectedCounts {
  const id = [...new Set(settings.protectedIds)].filter((userId) => roster.isProtected(userId)).length;
  return { id, rule: roster.countPlan().protected - id };
}

/** Whether no earlier invocation of the run has sent anybody, as far as it is known. */
export function isUntouched({ parameters, recorder, roster, isNew }: ActiveRun): boolean {
  if (isNew) return true;
  if (recorder !== undefined) return roster.isNobodyTouchedEarlier;
  const { done, unconfirmed } = parameters.continuation ?? { done: 0, unconfirmed: 0 };
  return done + unconfirmed === 0;
}

/** Whether every user was read, and nothing says that somebody was missed: what is counted can be compared with a later invocation. */
export function hasReadEverybody(warnings: RunContext['warnings'], run: ActiveRun | undefined): boolean {
  return run?.roster.isComplete === true && !warnings.has('SELECTION_UNSTABLE') && !warnings.has('MALFORMED_USERS');
}

/** How many users earlier invocations of the run brought to the goal state, as far as it is known. */
export function countDoneEarlier({ parameters, warnings }: RunContext, run: ActiveRun | undefined): number {
  const { done, unconfirmed, alreadyBefore } = parameters.continuation ?? { done: 0, unconfirmed: 0 };
  if (run?.recorder !== undefined) {
    const known = run.roster.countDoneEarlier();
    // Where the users cannot be read, what the earlier invocations were answered is not taken back.
    return run.roster.isComplete ? known : Math.max(known, done);
  }
  // Without a record nobody knows who they were: at most those who have come to the goal state since, if the same are selected.
  if (run === undefined || !hasReadEverybody(warnings, run) || alreadyBefore === undefined) return done;
  return Math.min(done + unconfirmed, Math.max(0, run.roster.countPlan().already - alreadyBefore));
}
