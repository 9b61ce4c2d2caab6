import { describeNotArmed, describeTooManyUsers } from './core/check-permission';
import type { ErrorParts } from './core/LockUsersError';
import type { Parameters } from './core/parse-parameters';
import type { Settings } from './core/parse-settings';
import type { Roster } from './core/Roster';
import type { UserState } from './core/vocabulary';
import { changeUsers } from './change-users';
import { describeAlreadyUndone } from './choose-aim';
import type { Aim } from './choose-aim';
import { lockUsers } from './lock-users';
import { logPlan, logUnknownIds } from './log-run';
import { observeUsers } from './observe-users';
import type { Ports } from './ports';
import type { RunRecorder } from './RunRecorder';
import type { Sender } from './Sender';
import { UserQueue } from './UserQueue';
import { verifyUsers } from './verify-users';

/** What carrying out an aim needs. */
export interface CarryOutJob {
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly sender: Sender;
  /** Which invocation of the run this is, from 1. */
  readonly hop: number;
  readonly dryRun: boolean;
  readonly maxUsers: number;
  readonly aim: Aim;
  readonly roster: Roster;
  readonly recorder: RunRecorder | undefined;
}

/** How far it came; the roster has the users, and the sender why it stopped early if it did. */
export interface CarriedOut {
  /** Whether the users API confirms the outcomes. */
  readonly verified: boolean;
  /** Why the plan was not sent, or that there was nothing to send. */
  readonly refusal?: ErrorParts | undefined;
}

/**
 * Observes, plans, applies, and verifies.
 *
 * @throws LockUsersError where the users cannot be read again
 */
export async function carryOut(job: CarryOutJob): Promise<CarriedOut> {
  const { parameters, ports, sender, dryRun, roster, aim, hop } = job;
  const { backend, log } = ports;
  const { concurrency, batchSize, undo } = parameters;
  const { sessions } = aim;
  const sending = { sender, backend, roster, log, concurrency, recorder: job.recorder };
  const send = (users: UserQueue): Promise<void> =>
    aim.goal.action === 'lock'
      ? lockUsers({ ...sending, batchSize }, users)
      : changeUsers({ ...sending, sessions }, users);
  const onShown = (users: readonly UserState[]): void => users.forEach((user) => sessions?.see(user));

  const queue = new UserQueue();
  const [refusal] = await Promise.all([plan(job, queue, onShown), send(queue)]);
  if (sender.stop !== undefined || refusal !== undefined || dryRun) return { verified: false, refusal };
  const counts = roster.countPlan();
  if (counts.planned > 0) return { verified: parameters.verify && (await verifyUsers({ ...sending, onShown, send })) };
  const isUndone = undo !== undefined && hop === 1;
  return { verified: true, ...(isUndone && { refusal: describeAlreadyUndone(undo, counts) }) };
}

/** Observes, and hands the users who are to be sent to the queue. Returns why they are not, if so. */
async function plan(
  job: CarryOutJob,
  queue: UserQueue,
  onShown: (users: readonly UserState[]) => void
): Promise<ErrorParts | undefined> {
  const { ports, sender, dryRun, maxUsers, roster, aim } = job;
  const { backend, userSource } = ports;
  // Where the number of users is limited, nothing leaves before it is known that the whole plan keeps to it.
  const withheld: number[] | undefined = dryRun || maxUsers < Infinity ? [] : undefined;
  await observeUsers({
    ...{ sender, backend, userSource, selection: aim.selection, roster, onShown },
    onPlanned: (users) => {
      if (withheld === undefined) queue.add(users);
      else for (const user of users) withheld.push(user);
    }
  });
  let refusal: ErrorParts | undefined;
  if (sender.stop === undefined) {
    logObservation(job);
    refusal = decideRefusal(job);
    if (withheld !== undefined && refusal === undefined && !dryRun) queue.add(withheld);
  }
  queue.close();
  return refusal;
}

/** Why a complete plan is not sent, if it is not. */
function decideRefusal({ settings, dryRun, maxUsers, roster }: CarryOutJob): ErrorParts | undefined {
  const { planned } = roster.countPlan();
  if (planned > maxUsers) return describeTooManyUsers(roster.goal.action, planned, maxUsers);
  return dryRun && !settings.armed ? describeNotArmed() : undefined;
}

function logObservation({ settings, parameters, ports, dryRun, roster, aim }: CarryOutJob): void {
  logUnknownIds(ports.log, 'LOCK_USERS_PROTECTED', roster.findUnshown(settings.protectedIds));
  logUnknownIds(ports.log, '"userIds"', roster.findUnshown(parameters.selection.userIds ?? []));
  const sessions = aim.sessions?.count((userId) => roster.isPlanned(userId)).planned;
  logPlan(ports.log, { goal: roster.goal, counts: roster.countPlan(), sessions, dryRun });
}
