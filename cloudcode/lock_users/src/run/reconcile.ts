import { ACTIONS } from '../actions/actions';
import type { ErrorDetails } from '../errors';
import { logPlan } from '../report/log-run';
import { alreadyUndone, nobodyExcluded, nobodySelected, notArmed, tooManyUsers } from '../stop-reasons';
import { UserQueue } from '../users/UserQueue';
import { countDoneEarlier, isUntouched } from './ActiveRun';
import type { ActiveRun } from './ActiveRun';
import { observeUsers } from './observe';
import { readUserStates } from './read-user-states';
import { verifyUsers } from './verify';

/** Milliseconds after which users that were all in the goal state are looked at once more: a read may be out of date. Ours. */
const SECOND_LOOK_DELAY_MS = 1000;

/** How far a reconciliation came; the roster has the users, and the sender why it stopped early if it did. */
export interface Reconciliation {
  /** Whether the users API confirms the outcomes. */
  readonly verified: boolean;
  /** Why the plan was not sent, or that there was nothing to send. */
  readonly refusal?: ErrorDetails | undefined;
}

/** What is planned. */
interface Plan {
  readonly refusal?: ErrorDetails | undefined;
  /** Whether nobody can have been missed. */
  readonly isSure: boolean;
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
  const [{ refusal, isSure }] = await Promise.all([plan(run, queue), send(queue)]);
  if (sender.stop !== undefined || refusal !== undefined) return { verified: false, refusal };
  if (dryRun) return { verified: false, refusal: describeUndone(run) };
  if (roster.countPlan().planned === 0) await lookAgain(run, send);
  if (sender.stop !== undefined) return { verified: false };
  if (roster.countPlan().planned > 0) {
    return { verified: isSure && parameters.verify && (await verifyUsers(run, send)) };
  }
  return { verified: isSure, refusal: describeUndone(run) };
}

/** That there was nothing to undo, if so. A run that has begun before may have undone it itself. */
function describeUndone({ parameters, roster, isNew }: ActiveRun): ErrorDetails | undefined {
  const { undo } = parameters;
  const counts = roster.countPlan();
  const isUndone = undo !== undefined && isNew && counts.excluded === 0 && counts.planned === 0;
  return isUndone ? alreadyUndone(undo, counts) : undefined;
}

/** Looks once more at users that were all in the goal state, and sends those that are not. */
async function lookAgain(run: ActiveRun, send: (users: UserQueue) => Promise<void>): Promise<void> {
  const { roster, sender } = run;
  if (roster.countPlan().already === 0 || !(await sender.wait(SECOND_LOOK_DELAY_MS))) return;
  const queue = new UserQueue();
  roster.startReading();
  await readUserStates(
    run,
    (users) => {
      queue.add(roster.observeAgain(users));
      return users.reduce((fresh, { userId }) => fresh + (roster.markRead(userId) ? 1 : 0), 0);
    },
    roster.size
  );
  queue.close();
  await send(queue);
}

/** Observes, and hands the planned users to the queue. Says why they are not sent, if so. */
async function plan(run: ActiveRun, queue: UserQueue): Promise<Plan> {
  const { sender, dryRun, maxUsers, settings, parameters } = run;
  // Nothing leaves before the whole plan is known where it may be too large, or where the ids of people who are to be left
  // alone may be wrong.
  const isCautious = maxUsers < Infinity || settings.protectedIds.length > 0 || parameters.excludeUserIds.length > 0;
  const withheld: number[] | undefined = dryRun || isCautious ? [] : undefined;
  const { isSure } = await observeUsers(run, (users) => {
    if (withheld === undefined) queue.add(users);
    else for (const user of users) withheld.push(user);
  });
  let refusal: ErrorDetails | undefined;
  if (sender.stop === undefined) {
    warnOfUnknownIds(run);
    logObservation(run);
    refusal = decideRefusal(run);
    if (withheld !== undefined && refusal === undefined && !dryRun) queue.add(withheld);
  }
  queue.close();
  return { refusal, isSure };
}

/** Why a complete plan is not sent, if it is not. */
function decideRefusal(run: ActiveRun): ErrorDetails | undefined {
  const { settings, parameters, dryRun, maxUsers, roster, selection } = run;
  const { undo, excludeUserIds } = parameters;
  if (undo === undefined && isUntouched(run) && roster.isNobodyThere) return nobodySelected(selection.userIds);
  if (excludeUserIds.length > 0 && roster.findUnlisted(excludeUserIds).length === excludeUserIds.length) {
    return nobodyExcluded(excludeUserIds);
  }
  const wanted = roster.countPlan().planned + countDoneEarlier(run, run);
  if (wanted > maxUsers) return tooManyUsers(roster.goal.action, wanted, maxUsers);
  return dryRun && !settings.armed ? notArmed() : undefined;
}

/** Ids that were configured or asked for, and that the users API does not list: probably mistakes. */
function warnOfUnknownIds({ settings, parameters, roster, selection, warnings }: ActiveRun): void {
  const { undo, excludeUserIds } = parameters;
  for (const [origin, ids] of [
    ['LOCK_USERS_PROTECTED', settings.protectedIds],
    ['"excludeUserIds"', excludeUserIds],
    [undo === undefined ? '"userIds"' : `the record of run ${undo}`, selection.userIds ?? []]
  ] as const) {
    const unknown = roster.findUnlisted(ids);
    warnings.addIds('UNKNOWN_IDS', unknown, (count, are) => `${count} in ${origin} ${are} not of this deployment`);
  }
}

function logObservation({ parameters, ports, dryRun, roster, sessions }: ActiveRun): void {
  const sessionsPlanned = sessions?.count((userId) => roster.isPlanned(userId)).planned;
  logPlan(ports.log, parameters, roster.countPlan(), sessionsPlanned, dryRun);
}
