import { MAX_RESEND_ROUNDS } from '../platform-facts';
import { ACTION_LABELS } from '../actions/action-labels';
import type { SendingJob } from '../actions/lock-users';
import { readUserStates } from './observe';
import { UserQueue } from '../users/UserQueue';

/** What verifying needs. */
export interface VerifyJob extends Pick<SendingJob, 'sender' | 'backend' | 'roster' | 'log'> {
  /** Sends users again. */
  readonly send: (queue: UserQueue) => Promise<void>;
}

/**
 * Reads the users again after everything was sent, corrects the outcomes by what the users API shows, and sends those
 * who are not there yet again, 3 times at most. Ends early, without an error, when the run has to stop in between.
 *
 * @returns whether the last look came after the last sending
 * @throws LockUsersError where the users cannot be read
 */
export async function verifyUsers(job: VerifyJob): Promise<boolean> {
  for (let round = 0; ; round++) {
    const missing: number[] = [];
    job.roster.startVerification();
    await readUserStates(job, (users) => {
      for (const shown of users) {
        const user = job.roster.verify(shown);
        if (user !== undefined) missing.push(user);
      }
    });
    job.roster.endVerification();
    if (missing.length === 0 || round === MAX_RESEND_ROUNDS) return true;
    job.log.line(
      `${missing.length} users are ${ACTION_LABELS[job.roster.goal.action].missing}. Sending them again (${round + 1} of ${MAX_RESEND_ROUNDS}).`
    );
    const queue = new UserQueue();
    queue.add(missing);
    queue.close();
    await job.send(queue);
    if (job.sender.stop !== undefined) return false;
  }
}
