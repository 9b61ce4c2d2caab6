import type { ErrorDetails } from '../errors';
import { findRuns } from '../records/find-runs';
import { hasEnded, readParameters } from '../records/RunRecord';
import type { RunRecord } from '../records/RunRecord';
import { describeRun, noLastRun, severalRuns } from '../reasons/unlock-at-reasons';
import type { RunContext } from './RunContext';

/** Milliseconds for which a run can be meant by "last". Ours: tonight's run, and not the one of the night before. */
const RECENT_MS = 86_400_000;

/**
 * The context of an undo of the last run, with the id of that run in place of `last`; any other context as it is. The one lock run of
 * the last 24 hours is meant that may have changed somebody and was not undone, but none that selected users by their ids: somebody
 * meant those people. Where there is none, one whose undo has not ended as it should.
 *
 * @returns or why it cannot be told which run is meant
 * @throws LockUsersError `RECORD_FAILED` where the records cannot be read
 */
export async function resolveLast(context: RunContext): Promise<RunContext | { readonly refusal: ErrorDetails }> {
  const { parameters, ports, runId } = context;
  if (parameters.undo !== 'last' || ports.records === undefined) return context;
  const startedSinceMs = ports.clock.nowMs() - RECENT_MS;
  const found = await findRuns(context, ports.records, { startedSinceMs });
  const recent = found.filter((run) => run.runId !== null && (run.startedAtMs ?? 0) >= startedSinceMs);
  const undoable = listFirst(recent).filter((run) => isLock(run) && mayBeMeant(run, found, runId));
  const meant = undoable.filter((run) => !selectsByIds(run));
  // Where this very undo has begun before and was killed, that run is the one.
  const own = meant.find(({ undoneBy }) => undoneBy === runId);
  const untouched = meant.filter(({ undoneBy }) => undoneBy === null);
  const likely = untouched.length > 0 ? untouched : meant;
  const run = own ?? likely[0];
  if (run === undefined) return { refusal: noLastRun(undoable.length) };
  if (own === undefined && likely.length > 1) return { refusal: severalRuns(likely) };
  const undo = run.runId ?? run.id;
  ports.log.line(`The last run is ${describeRun(run)}.`);
  return { ...context, parameters: { ...parameters, undo, rawParameters: { ...parameters.rawParameters, undo } } };
}

/** The first record of each run: a run may have two, where an invocation that was not shown the first has made another. */
function listFirst(records: readonly RunRecord[]): RunRecord[] {
  const ordered = [...records].sort((one, other) => (one.startedAtMs ?? 0) - (other.startedAtMs ?? 0));
  return ordered.filter(({ runId }, index) => ordered.findIndex((run) => run.runId === runId) === index);
}

function isLock({ action, status }: RunRecord): boolean {
  return (action === 'lock' || action === null) && status !== 'planned';
}

/** Whether a run may have locked somebody and was not undone, or by this very undo, or by one that has not ended as it should. */
function mayBeMeant(run: RunRecord, found: readonly RunRecord[], undoRunId: string): boolean {
  const { locked, unconfirmed, undoneBy } = run;
  const mayHaveLocked = !hasEnded(run) || (locked ?? 0) + (unconfirmed ?? 0) > 0;
  if (!mayHaveLocked || undoneBy === null || undoneBy === undoRunId) return mayHaveLocked;
  const undo = found.find(({ runId }) => runId === undoneBy);
  return undo !== undefined && undo.status !== 'done';
}

function selectsByIds(run: RunRecord): boolean {
  return Object.keys(readParameters(run)).includes('userIds');
}
