import { describeNotArmed, describeTooManyUsers } from '../input/check-permission';
import type { ErrorDetails } from '../errors';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import type { Roster } from '../users/Roster';
import { changeUsers } from '../actions/change-users';
import { describeAlreadyUndone } from '../actions/resolve-goal';
import type { ResolvedGoal } from '../actions/resolve-goal';
import { lockUsers } from '../actions/lock-users';
import { logPlan, logUnknownIds } from '../report/log-report';
import { observeUsers } from './observe';
import type { Ports } from '../ports';
import type { RunRecorder } from '../records/RunRecorder';
import type { RequestSender } from '../requests/RequestSender';
import { UserQueue } from '../users/UserQueue';
import { verifyUsers } from './verify';

/** What carrying out an aim needs. */
export interface CarryOutJob {
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly sender: RequestSender;
  /** Whether no invocation of the run has begun before. */
  readonly isNew: boolean;
  readonly dryRun: boolean;
  readonly maxUsers: number;
  readonly aim: ResolvedGoal;
  readonly roster: Roster;
  readonly recorder: RunRecorder | undefined;
}

/** How far it came; the roster has the users, and the sender why it stopped early if it did. */
export interface CarriedOut {
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
export async function reconcile(job: CarryOutJob): Promise<CarriedOut> {
  const { parameters, ports, sender, dryRun, roster, aim } = job;
  const { backend, log } = ports;
  const { concurrency, batchSize, undo } = parameters;
  const { sessions } = aim;
  const sending = { sender, backend, roster, log, concurrency, recorder: job.recorder };
  const send = (users: UserQueue): Promise<void> =>
    aim.goal.action === 'lock'
      ? lockUsers({ ...sending, batchSize }, users)
      : changeUsers({ ...sending, sessions }, users);

  const queue = new UserQueue();
  const [refusal] = await Promise.all([plan(job, queue), send(queue)]);
  if (sender.stop !== undefined || refusal !== undefined) return { verified: false, refusal };
  const counts = roster.countPlan();
  if (counts.planned > 0) {
    return { verified: !dryRun && parameters.verify && (await verifyUsers({ ...sending, send })) };
  }
  // A run that has begun before has perhaps done it itself.
  const isUndone = undo !== undefined && job.isNew && counts.excluded === 0;
  return { verified: !dryRun, ...(isUndone && { refusal: describeAlreadyUndone(undo, counts) }) };
}

/** Observes, and hands the users who are to be sent to the queue. Returns why they are not, if so. */
async function plan(job: CarryOutJob, queue: UserQueue): Promise<ErrorDetails | undefined> {
  const { ports, sender, dryRun, maxUsers, roster, aim } = job;
  const { backend, userSource } = ports;
  // Where the number of users is limited, nothing leaves before it is known that the whole plan keeps to it.
  const withheld: number[] | undefined = dryRun || maxUsers < Infinity ? [] : undefined;
  await observeUsers({
    ...{ sender, backend, userSource, selection: aim.selection, roster },
    onPlanned: (users) => {
      if (withheld === undefined) queue.add(users);
      else for (const user of users) withheld.push(user);
    }
  });
  let refusal: ErrorDetails | undefined;
  if (sender.stop === undefined) {
    logObservation(job);
    refusal = decideRefusal(job);
    if (withheld !== undefined && refusal === undefined && !dryRun) queue.add(withheld);
  }
  queue.close();
  return refusal;
}

/** Why a complete plan is not sent, if it is not. */
function decideRefusal({ settings, parameters, dryRun, maxUsers, roster }: CarryOutJob): ErrorDetails | undefined {
  const wanted = roster.countPlan().planned + (parameters.continuation?.done ?? 0);
  if (wanted > maxUsers) return describeTooManyUsers(roster.goal.action, wanted, maxUsers);
  return dryRun && !settings.armed ? describeNotArmed() : undefined;
}

function logObservation({ settings, parameters, ports, dryRun, roster, aim }: CarryOutJob): void {
  logUnknownIds(ports.log, 'LOCK_USERS_PROTECTED', roster.findUnlisted(settings.protectedIds));
  const { undo } = parameters;
  const origin = undo === undefined ? '"userIds"' : `the record of run ${undo}`;
  logUnknownIds(ports.log, origin, roster.findUnlisted(aim.selection.userIds ?? []));
  const sessions = aim.sessions?.count((userId) => roster.isPlanned(userId)).planned;
  logPlan(ports.log, { goal: roster.goal, counts: roster.countPlan(), sessions, dryRun });
}
