import { ACTION_LABELS } from '../actions/ActionLabels';
import { countUsers } from '../stop-reasons';
import { UserQueue } from '../users/UserQueue';
import type { ActiveRun } from './ActiveRun';
import { readUserStates } from './observe';

/** Times that users that are not in the goal state are sent again. Ours. */
const MAX_RESEND_ROUNDS = 3;

/**
 * Reads the users again after everything was sent, corrects the outcomes by what the users API shows, and sends users
 * that are not in the goal state again, 3 times at most. Ends early, without an error, when the run has to stop in between.
 *
 * @param send sends the users of a queue
 * @returns whether the last look came after the last sending
 * @throws LockUsersError where the users cannot be read
 */
export async function verifyUsers(run: ActiveRun, send: (queue: UserQueue) => Promise<void>): Promise<boolean> {
  const { roster, sender, ports } = run;
  for (let round = 0; ; round++) {
    const missing: number[] = [];
    roster.startVerification();
    await readUserStates(run, (users) => {
      for (const observed of users) {
        const user = roster.verify(observed);
        if (user !== undefined) missing.push(user);
      }
    });
    roster.endVerification();
    if (missing.length === 0 || round === MAX_RESEND_ROUNDS) return true;
    const are = missing.length === 1 ? 'is' : 'are';
    const state = ACTION_LABELS[roster.goal.action].missing;
    ports.log.line(
      `${countUsers(missing.length)} ${are} ${state}. Sending again (${round + 1} of ${MAX_RESEND_ROUNDS}).`
    );
    const queue = new UserQueue();
    queue.add(missing);
    queue.close();
    await send(queue);
    if (sender.stop !== undefined) return false;
  }
}
