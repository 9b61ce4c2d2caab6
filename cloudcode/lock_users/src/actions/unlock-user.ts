import type { OperationResult } from '../requests/match-results';
import type { ActiveRun } from '../run/ActiveRun';
import { findDone, lookAt, sendSingle } from './send-one-by-one';

/** Unlocks one user; undefined where the run has to stop and nothing was sent. */
export function unlockUser(run: ActiveRun, userId: string): Promise<OperationResult | undefined> {
  const { sender, ports, parameters } = run;
  return sendSingle(
    sender,
    (timeoutMs) => ports.backend.unlockUser(userId, timeoutMs),
    // Whoever somebody else locks while the answer is lost stays locked by an undo; another unlock is about them as well.
    parameters.undo === undefined ? undefined : () => findDone(run, userId, ({ locked }) => locked === false)
  );
}

/** Unlocks one user whom a batch may have unlocked already. An undo looks at them first, as before every unlock that it repeats. */
export async function unlockUserAfterBatch(run: ActiveRun, userId: string): Promise<OperationResult | undefined> {
  if (run.parameters.undo === undefined) return unlockUser(run, userId);
  try {
    const shown = await lookAt(run, userId);
    if (shown?.locked === false) return { kind: 'done' };
    const reason = shown && run.roster.goal.findSkipReason(shown);
    if (reason !== undefined) return { kind: 'unconfirmed', reason };
  } catch {
    // Nobody knows, so what is known of the user stays.
    return undefined;
  }
  return unlockUser(run, userId);
}
