import { lockGoal, reauthenticateGoal, undoGoal, unlockGoal } from './Goal';
import type { Goal } from './Goal';
import type { ErrorDetails } from '../errors';
import type { PlanCounts } from '../users/outcomes';
import type { Parameters } from '../input/parameters';
import { SessionLedger } from '../users/SessionLedger';
import type { Selection } from '../vocabulary';
import type { Ports } from '../ports';
import { describeNoRecords, loadLockHistory } from '../records/load-lock-history';
import type { RequestSender } from '../requests/RequestSender';

/** Who is selected, and where they are to be. */
export interface ResolvedGoal {
  readonly goal: Goal;
  readonly selection: Selection;
  /** With `reauthenticate`: which sessions are to be signed out. */
  readonly sessions?: SessionLedger;
}

/** What choosing an aim needs. */
export interface AimJob {
  readonly parameters: Parameters;
  readonly ports: Pick<Ports, 'records' | 'clock'>;
  readonly sender: RequestSender;
  readonly runId: string;
  readonly dryRun: boolean;
  /** When the run's first invocation began, on the clock. */
  readonly startedAtMs: number;
  /** By how much the backend's clock is ahead of it. */
  readonly clockAheadMs: number;
}

/** The goal that an action has before anything is known of the users. */
export function plainGoal({ action, onlyEnrolled }: Parameters, sessions: SessionLedger): Goal {
  switch (action) {
    case 'lock':
      return lockGoal(onlyEnrolled);
    case 'unlock':
      return unlockGoal();
    case 'reauthenticate':
      return reauthenticateGoal(sessions);
  }
}

/**
 * What the run is to bring about, or why a run that is to be undone cannot be. Unless it is a dry run, the run that is undone is
 * marked, so that an order of it that comes late does not lock everybody again.
 *
 * @throws LockUsersError `RECORD_FAILED` where the record of that run cannot be read
 */
export async function resolveGoal({
  parameters,
  ports,
  sender,
  runId,
  dryRun,
  startedAtMs,
  clockAheadMs
}: AimJob): Promise<ResolvedGoal | { readonly refusal: ErrorDetails }> {
  const { undo, selection, action } = parameters;
  if (undo === undefined) {
    const sessions = new SessionLedger(startedAtMs + clockAheadMs);
    return { goal: plainGoal(parameters, sessions), selection, ...(action === 'reauthenticate' && { sessions }) };
  }
  const { records, clock } = ports;
  if (records === undefined) return { refusal: describeNoRecords(undo) };
  const found = await loadLockHistory({ sender, records, nowMs: clock.nowMs(), clockAheadMs }, undo);
  if ('refusal' in found) return found;
  const { trail, run } = found;
  if (!dryRun && run.undoneBy !== runId) {
    run.undoneBy = runId;
    await sender.read('record', (timeoutMs) => records.save([run], timeoutMs));
  }
  return { goal: undoGoal(trail), selection: { userIds: trail.userIds() } };
}

/** Says of the undoing of a run that there was nothing left to do. */
export function describeAlreadyUndone(runId: string, { selected, already, skipped, gone }: PlanCounts): ErrorDetails {
  const others = [
    ...(skipped > 0 ? [`${skipped} were locked again since`] : []),
    ...(gone > 0 ? [`${gone} are no longer users of the app`] : [])
  ].map((text) => `, ${text}`);
  return {
    code: 'ALREADY_UNDONE',
    message:
      selected === 0
        ? `Run ${runId} locked nobody.`
        : `There is nothing left to undo: of the ${selected} users whom run ${runId} locked, ${already} are unlocked already${others.join('')}.`,
    nextStep:
      skipped > 0
        ? 'Those stay locked; the report names them, and the run that has locked them again where one has: undo that one.'
        : 'Nothing is to be done.'
  };
}
