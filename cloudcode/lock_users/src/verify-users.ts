import { MAX_RESEND_ROUNDS } from './core/limits';
import { lockUsers } from './lock-users';
import type { LockJob } from './lock-users';
import { readUserStates } from './observe-users';
import { UserQueue } from './UserQueue';

/**
 * Reads the users again after everything was sent, corrects the outcomes by what the users API shows, and sends those
 * who are still unlocked again, 3 times at most. Ends early, without an error, when the run has to stop in between.
 *
 * @returns whether the last look came after the last sending
 * @throws LockUsersError where the users cannot be read
 */
export async function verifyUsers(job: LockJob): Promise<boolean> {
  for (let round = 0; ; round++) {
    const unlocked: number[] = [];
    job.roster.startVerification();
    await readUserStates(job, (users) => {
      for (const shown of users) {
        const user = job.roster.verify(shown);
        if (user !== undefined) unlocked.push(user);
      }
    });
    job.roster.endVerification();
    if (unlocked.length === 0 || round === MAX_RESEND_ROUNDS) return true;
    job.log.line(
      `${unlocked.length} users are still unlocked. Sending them again (${round + 1} of ${MAX_RESEND_ROUNDS}).`
    );
    const queue = new UserQueue();
    queue.add(unlocked);
    queue.close();
    await lockUsers(job, queue);
    if (job.sender.stop !== undefined) return false;
  }
}
