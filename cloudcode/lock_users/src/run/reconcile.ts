import { ACTIONS } from '../actions/actions';
import type { ErrorDetails } from '../errors';
import { logPlan, logUnknownIds } from '../report/log-run';
import { alreadyUndone, notArmed, tooManyUsers } from '../stop-reasons';
import { UserQueue } from '../users/UserQueue';
import type { ActiveRun } from './ActiveRun';
import { observeUsers } from './observe';
import { verifyUsers } from './verify';

/** How far a reconciliation came; the roster has the users, and the sender why it stopped early if it did. */
export interface Reconciliation {
  /** Whether the users API confirms the outcomes. */
  readonly verified: boolean;
  /** Why the plan was not sent, or that there was nothing to send. */
  readonly refusal?: ErrorDetails | undefined;
}

/**
 * Observes, plans, applies, and verifies.
 *
 * @throws LockUsersError where the users cannot be read again
 */
export async function reconcile(run: ActiveRun): Promise<Reconciliation> {
  const { parameters, sender, dryRun, roster } = run;
  const send = (users: UserQueue): Promise<void> => ACTIONS[roster.goal.action].apply(run, users);

  const queue = new UserQueue();
  const [refusal] = await Promise.all([plan(run, queue), send(queue)]);
  if (sender.stop !== undefined || refusal !== undefined) return { verified: false, refusal };
  const counts = roster.countPlan();
  if (counts.planned > 0) {
    return { verified: !dryRun && parameters.verify && (await verifyUsers(run, send)) };
  }
  const { undo } = parameters;
  // A run that has begun before may have undone it itself.
  const isUndone = undo !== undefined && run.isNew && counts.excluded === 0;
  return { verified: !dryRun, refusal: isUndone ? alreadyUndone(undo, counts) : undefined };
}

/** Observes, and hands the planned users to the queue. Returns why they are not sent, if so. */
async function plan(run: ActiveRun, queue: UserQueue): Promise<ErrorDetails | undefined> {
  const { sender, dryRun, maxUsers } = run;
  // Where the number of users is limited, nothing leaves before it is known that the whole plan keeps to it.
  const withheld: number[] | undefined = dryRun || maxUsers < Infinity ? [] : undefined;
  await observeUsers(run, (users) => {
    if (withheld === undefined) queue.add(users);
    else for (const user of users) withheld.push(user);
  });
  let refusal: ErrorDetails | undefined;
  if (sender.stop === undefined) {
    logObservation(run);
    refusal = decideRefusal(run);
    if (withheld !== undefined && refusal === undefined && !dryRun) queue.add(withheld);
  }
  queue.close();
  return refusal;
}

/** Why a complete plan is not sent, if it is not. */
function decideRefusal({ settings, parameters, dryRun, maxUsers, roster }: ActiveRun): ErrorDetails | undefined {
  const wanted = roster.countPlan().planned + (parameters.continuation?.done ?? 0);
  if (wanted > maxUsers) return tooManyUsers(roster.goal.action, wanted, maxUsers);
  return dryRun && !settings.armed ? notArmed() : undefined;
}

function logObservation({ settings, parameters, ports, dryRun, roster, selection, sessions }: ActiveRun): void {
  const { undo } = parameters;
  logUnknownIds(ports.log, 'LOCK_USERS_PROTECTED', roster.findUnlisted(settings.protectedIds));
  const origin = undo === undefined ? '"userIds"' : `the record of run ${undo}`;
  logUnknownIds(ports.log, origin, roster.findUnlisted(selection.userIds ?? []));
  const sessionsPlanned = sessions?.count((userId) => roster.isPlanned(userId)).planned;
  logPlan(ports.log, parameters, roster.countPlan(), sessionsPlanned, dryRun);
}
