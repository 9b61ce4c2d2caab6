import { toErrorDetails } from '../errors';
import { formatMoment } from '../input/unlock-at';
import type { RecordStore } from '../ports';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import type { RunContext } from '../run/RunContext';
import { countUsers } from '../reasons/stop-reason';
import { hasEnded, holdsLease } from './RunRecord';
import type { RunRecord } from './RunRecord';

/** Milliseconds for which a run is remembered whose users should have been let in. Ours: a week. */
const MEMORY_MS = 604_800_000;

/** Milliseconds that an undo may be late before anybody is warned. Ours: one step in which it orders itself again. */
const LATE_MS = 900_000;

/**
 * The records of runs that were to be undone at a moment of the last seven days, or are to be at a later one.
 *
 * @param isOneKnown whether there is one at least, so that none is not believed at once
 * @throws LockUsersError `RECORD_FAILED` where they cannot be read
 */
export async function findUnlockRuns(
  { sender, ports }: RunContext,
  records: RecordStore,
  isOneKnown: boolean
): Promise<readonly RunRecord[]> {
  if (records.listMissingFields().some(({ name }) => name === 'lock_run.unlock_at')) return [];
  const unlockAtFromMs = ports.clock.nowMs() - MEMORY_MS;
  const look = (): Promise<readonly RunRecord[]> =>
    sender.read('record', (timeoutMs) => records.findRuns({ unlockAtFromMs }, timeoutMs), { isEssential: false });
  return isOneKnown ? askAgainIfEmpty(look) : look();
}

/** Warns of earlier runs whose users should have been let in by now, and that no run has undone. Never fails the run. */
export async function warnOfOverdueRuns(context: RunContext, records: RecordStore): Promise<void> {
  // A run that is to be undone has written that down.
  const isOneKnown = context.unlockAtMs !== undefined && !context.dryRun;
  try {
    addOverdueWarnings(context, await findUnlockRuns(context, records, isOneKnown));
  } catch (error) {
    context.ports.log.line(
      `Whether earlier runs have been undone in time cannot be told. ${toErrorDetails(error).message}`
    );
  }
}

function addOverdueWarnings({ ports, warnings, runId, parameters }: RunContext, runs: readonly RunRecord[]): void {
  const nowMs = ports.clock.nowMs();
  for (const run of runs) {
    const { runId: overdue, locked } = run;
    if (overdue === null || overdue === runId || overdue === parameters.undo) continue;
    if (!isToBeUndone(run) || (run.unlockAtMs ?? Infinity) > nowMs - LATE_MS || holdsLease(run, nowMs)) continue;
    warnings.add(
      'UNLOCK_OVERDUE',
      `Run ${overdue} locked ${countUsers(locked ?? 0)} by its record, to be let in at ${formatMoment(run.unlockAtMs ?? 0)}, and no run has undone it. To let them in: {"undo": "${overdue}"}`
    );
  }
}

/** Whether a run has ordered its undo, may have locked somebody, and was not undone. */
export function isToBeUndone(run: RunRecord): boolean {
  const { unlockRunId, undoneBy, locked, unconfirmed } = run;
  return unlockRunId !== null && undoneBy === null && (!hasEnded(run) || (locked ?? 0) + (unconfirmed ?? 0) > 0);
}
