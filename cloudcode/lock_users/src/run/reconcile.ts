import { ACTIONS } from '../actions/actions';
import type { ErrorDetails } from '../errors';
import { logPlan, logProtection, logStayingOut } from '../report/log-run';
import { nobodyExcluded, nobodySelected, notArmed, tooManyUsers } from '../reasons/plan-reasons';
import { alreadyUndone } from '../reasons/undo-reasons';
import { UserQueue } from '../users/UserQueue';
import { countDoneEarlier, countProtected, isUntouched } from './ActiveRun';
import type { ActiveRun } from './ActiveRun';
import { observeUsers } from './observe';
import { readUserStates } from './read-user-states';
import { sendAfterCanary } from './send-canary';
import { stopOnReset } from './stop-on-reset';
import { verifyUsers } from './verify';

/** Milliseconds after which users that were all in the goal state are looked at once more: a read may be out of date. Ours. */
const SECOND_LOOK_DELAY_MS = 1000;

/** Milliseconds between two further looks at most. Ours. */
const MAX_LOOK_DELAY_MS = 15_000;

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
  const apply = (users: UserQueue): Promise<void> => ACTIONS[roster.goal.action].apply(run, users);
  const send = (users: UserQueue, planned: Promise<unknown> = Promise.resolve()): Promise<void> =>
    sendAfterCanary(run, users, apply, planned);

  const queue = new UserQueue();
  const planning = plan(run, queue);
  const [{ refusal, isSure }] = await Promise.all([planning, send(queue, planning)]);
  if (sender.stop !== undefined || refusal !== undefined) return { verified: false, refusal };
  if (dryRun) return { verified: false, refusal: describeUndone(run) };
  const sendUnsent = (): Promise<ErrorDetails | undefined> => sendReplanned(run, send);
  const tooMany = await lookAgain(run, sendUnsent);
  if (sender.stop !== undefined || tooMany !== undefined) return { verified: false, refusal: tooMany };
  // What comes out of a cache confirms nothing.
  const isShown = (): boolean => isSure && !run.warnings.has('CACHED_READS');
  if (roster.countPlan().planned === 0) return { verified: isShown(), refusal: describeUndone(run) };
  if (!parameters.verify) return { verified: false };
  const { isLookedAt, refusal: late } = await verifyUsers(run, send, sendUnsent);
  return { verified: isLookedAt && isShown(), refusal: late };
}

/** That there was nothing to undo, if so. A run that has begun before may have undone it itself. */
function describeUndone({ parameters, roster, isNew, warnings }: ActiveRun): ErrorDetails | undefined {
  const { undo } = parameters;
  if (warnings.has('CACHED_READS')) return undefined;
  const counts = roster.countPlan();
  const isUndone = undo !== undefined && isNew && counts.excluded === 0 && counts.planned === 0;
  return isUndone ? alreadyUndone(undo, counts) : undefined;
}

/**
 * Looks once more at users that were all in the goal state. Where an undo comes so soon that the users API may not show the locks
 * yet, it looks until it must. Whoever is shown out of the goal state is sent.
 *
 * @returns why they are not, if so
 */
async function lookAgain(
  run: ActiveRun,
  sendUnsent: () => Promise<ErrorDetails | undefined>
): Promise<ErrorDetails | undefined> {
  const { roster, sender, ports } = run;
  const { settledAtMs = 0 } = run;
  let isDue = roster.countPlan().planned === 0 || ports.clock.nowMs() < settledAtMs;
  for (let delayMs = SECOND_LOOK_DELAY_MS; isDue && roster.countPlan().already > 0; delayMs *= 2) {
    if (!(await sender.wait(Math.min(delayMs, MAX_LOOK_DELAY_MS)))) return undefined;
    await readUserStates(run, (users) => users.forEach((user) => roster.observeAgain(user)), roster.size);
    stopOnReset(run);
    const refusal = await sendUnsent();
    if (refusal !== undefined || sender.stop !== undefined) return refusal;
    isDue = ports.clock.nowMs() < settledAtMs;
  }
  return undefined;
}

/** Sends the planned users that were not sent yet, unless the run would change too many with them. Says so then. */
async function sendReplanned(
  run: ActiveRun,
  send: (users: UserQueue) => Promise<void>
): Promise<ErrorDetails | undefined> {
  const unsent = run.roster.listUnsent();
  if (unsent.length === 0) return undefined;
  const refusal = refuseTooMany(run);
  if (refusal !== undefined) return refusal;
  await send(UserQueue.of(unsent));
  return undefined;
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
  const { settings, parameters, dryRun, roster, selection } = run;
  const { undo, excludeUserIds } = parameters;
  if (undo === undefined && isUntouched(run) && roster.isNobodyThere) return nobodySelected(selection.userIds);
  if (excludeUserIds.length > 0 && roster.findUnlisted(excludeUserIds).length === excludeUserIds.length) {
    return nobodyExcluded(excludeUserIds);
  }
  return refuseTooMany(run) ?? (dryRun && !settings.armed ? notArmed() : undefined);
}

/** That the run would change more users than it may, if so. */
function refuseTooMany(run: ActiveRun): ErrorDetails | undefined {
  const { maxUsers, roster } = run;
  const wanted = roster.countPlan().planned + countDoneEarlier(run, run);
  return wanted > maxUsers ? tooManyUsers(roster.goal.action, wanted, maxUsers) : undefined;
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

function logObservation(run: ActiveRun): void {
  const { parameters, ports, dryRun, roster, sessions, stayingOut } = run;
  const sessionsPlanned = sessions?.count((userId) => roster.isPlanned(userId)).planned;
  logPlan(ports.log, parameters, roster.countPlan(), sessionsPlanned, dryRun);
  if (ACTIONS[parameters.action].respectsProtection) logWhoIsProtected(run);
  if (stayingOut.size > 0) logStayingOut(ports.log, roster.listKeptOut(stayingOut).length);
}

function logWhoIsProtected(run: ActiveRun): void {
  const { protectedIds, protectedWhere } = run.settings;
  const isConfigured = protectedIds.length > 0 || protectedWhere !== undefined;
  logProtection(run.ports.log, countProtected(run), isConfigured);
}
