import type { ErrorDetails } from '../errors';
import { UserQueue } from '../users/UserQueue';
import type { ActiveRun } from './ActiveRun';
import { findUsersById, MAX_USERS_ONE_BY_ONE } from './find-users';
import { PAGE_SIZE } from '../platform-facts';
import { describeMissing, lookPatiently } from './look-patiently';
import { readUserStates } from './read-user-states';
import { stopOnReset } from './stop-on-reset';

/** Times that users that are not in the goal state are sent again. Ours. */
const MAX_RESEND_ROUNDS = 2;

/** What the users API shows after everything was sent. */
interface Verification {
  /** Whether the last look came after the last sending. */
  readonly isLookedAt: boolean;
  /** Why users are not sent that are not in the goal state. */
  readonly refusal?: ErrorDetails;
}

/**
 * Reads the users again after everything was sent, and corrects the outcomes by what the users API shows. A read may lag behind
 * a write, so it looks several times before users that are not in the goal state are sent again, twice at most. Ends early,
 * without an error, when the run has to stop in between.
 *
 * @param send sends the users of a queue
 * @param sendUnsent sends the planned users that were not sent yet: whom the users API showed in the goal state at first, and does
 * not any more. Says why they are not sent, if so
 * @throws LockUsersError where the users cannot be read
 */
export async function verifyUsers(
  run: ActiveRun,
  send: (queue: UserQueue) => Promise<void>,
  sendUnsent: () => Promise<ErrorDetails | undefined>
): Promise<Verification> {
  const { roster, sender, ports } = run;
  for (let round = 0; ; round++) {
    const missing = await lookPatiently(run, (left) => look(run, left).finally(() => stopOnReset(run)));
    if (missing === undefined) return { isLookedAt: false };
    const again = missing.filter((user) => roster.isToSendAgain(user));
    const unsent = roster.listUnsent();
    if (again.length + unsent.length === 0) return { isLookedAt: true };
    // Out of a cache nobody can be seen to be signed in still, rather than again.
    const isUnclear = roster.goal.looksBeforeRepeating === true && run.warnings.has('CACHED_READS');
    if (round === MAX_RESEND_ROUNDS || isUnclear) {
      roster.setTooLate(unsent);
      return { isLookedAt: true };
    }
    ports.log.line(
      `${describeMissing(run, [...again, ...unsent])}. Sending again (${round + 1} of ${MAX_RESEND_ROUNDS}).`
    );
    const refusal = await sendUnsent();
    if (refusal !== undefined) return { isLookedAt: false, refusal };
    if (again.length > 0 && sender.stop === undefined) await send(UserQueue.of(again));
    if (sender.stop !== undefined) return { isLookedAt: false };
  }
}

/** Reads the users that are missing, one by one where that is cheaper, and returns those that still are. */
async function look(run: ActiveRun, missing?: readonly number[]): Promise<readonly number[]> {
  const { roster } = run;
  const pages = Math.ceil(roster.size / PAGE_SIZE);
  if (missing !== undefined && missing.length <= Math.min(pages, MAX_USERS_ONE_BY_ONE)) {
    const { found, isKnown } = await findUsersById(run, roster.idsOf(missing));
    if (isKnown) {
      for (const user of found) roster.verify(user);
      return roster.listMissing();
    }
  }
  await readUserStates(run, (users) => users.forEach((user) => roster.verify(user)), roster.size);
  roster.endReading();
  return roster.listMissing();
}
