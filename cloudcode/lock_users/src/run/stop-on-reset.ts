import { sessionsReset } from '../reasons/plan-reasons';
import type { ActiveRun } from './ActiveRun';

/** Stops the run where a look has shown that a session of a user whom it has sent turned `RESET`: their device will be wiped. */
export function stopOnReset({ roster, sender, canary }: ActiveRun): void {
  // Nobody else was sent yet, and what is seen of those decides.
  if (canary.result === 'unfinished' || canary.result === 'failed') return;
  const users = roster.listSentReset();
  if (users.length === 0) return;
  sender.stopWith(sessionsReset(roster.goal.action, roster.idsOf(users)));
}

/**
 * The same at the end of the first look of a later invocation, also of sessions that do not say since when they are `RESET`: more
 * are than when the run began.
 */
export function stopOnMoreResets(run: ActiveRun): void {
  const { roster, parameters } = run;
  const { resetSessions } = parameters.continuation ?? {};
  if (resetSessions === undefined) return;
  roster.turnUndatedResets(roster.countResetBefore() - resetSessions);
  stopOnReset(run);
}
