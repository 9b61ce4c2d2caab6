import { buildLockOperation } from '../requests/lock-batch';
import type { Reason } from '../users/UserState';
import type { Action } from './Action';
import type { Goal } from './Goal';
import { sendBatch, sendBatches } from './send-batches';

const NOT_ENROLLED: Reason = { type: 'NOT_ENROLLED', detail: 'The user is not in the app.' };

const NOT_LOCKED: Reason = {
  type: 'NOT_LOCKED',
  detail: 'The batch answered success, but the users API shows the user unlocked.'
};

/** Locks users in batches, several at once, and keeps the data on their devices. */
export const lock: Action = {
  respectsProtection: true,
  resolve: ({ parameters }) => ({ goal: lockGoal(parameters.onlyEnrolled), selection: parameters.selection }),
  apply(run, queue) {
    const { ports, parameters } = run;
    const post = (userIds: readonly string[], timeoutMs: number): Promise<unknown> =>
      ports.backend.postBatch(userIds.map(buildLockOperation), timeoutMs);
    return sendBatches(run, queue, parameters.batchSize, (users) => sendBatch(run, users, { post }));
  }
};

/** The users are locked. @param onlyEnrolled leaves users alone that are not in the app */
export function lockGoal(onlyEnrolled: boolean): Goal {
  return {
    action: 'lock',
    // Whether a user that is not listed is in the app is unknown.
    whenNotListed: onlyEnrolled ? 'fail' : 'send',
    notReached: NOT_LOCKED,
    isMet: ({ locked }) => locked === true,
    findSkipReason: ({ enrolled }) => (onlyEnrolled && !enrolled ? NOT_ENROLLED : undefined),
    givesUp: () => undefined
  };
}
