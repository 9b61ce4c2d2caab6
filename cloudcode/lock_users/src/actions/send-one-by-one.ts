import type { SingleResponse } from '../ports';
import { isAddressable } from '../input/user-ids';
import { toReason } from '../requests/match-results';
import type { OperationResult } from '../requests/match-results';
import type { RequestSender } from '../requests/RequestSender';
import type { ActiveRun } from '../run/ActiveRun';
import type { UserQueue } from '../users/UserQueue';
import type { UserState } from '../users/UserState';
import { describeResults, recordBatches } from './record-batches';

/** Users in one batch record of a run that sends a request for each user. Ours: 100 take 6 s at 16 requests/s. */
const USERS_PER_RECORD = 100;

/**
 * Sends the users of the queue one by one, several at once: no batch form of these calls is documented.
 *
 * @param changeUser what came of one user; undefined where the run has to stop and nothing was sent
 */
export async function sendOneByOne(
  run: ActiveRun,
  queue: UserQueue,
  changeUser: (userId: string) => Promise<OperationResult | undefined>
): Promise<void> {
  await recordBatches(run, queue, USERS_PER_RECORD, (users) => changeUsers(run, users, changeUser));
}

/** Changes these users one by one, several at once. @param changeUser as for `sendOneByOne` */
export async function changeUsers(
  { roster, ports, parameters }: ActiveRun,
  users: readonly number[],
  changeUser: (userId: string) => Promise<OperationResult | undefined>
): Promise<void> {
  const left = users.values();
  const results: OperationResult[] = [];
  async function work(): Promise<void> {
    for (const user of left) {
      const userId = roster.idOf(user);
      const result = isAddressable(userId) ? await changeUser(userId) : ODD_ID;
      if (result === undefined) return;
      roster.setResult(user, result);
      results.push(result);
    }
  }
  await Promise.all(Array.from({ length: parameters.concurrency }, work));
  if (results.length > 0) ports.log.line(`Users one by one: ${describeResults(roster.goal.action, results)}.`);
}

const UNCLEAR: OperationResult = {
  kind: 'unconfirmed',
  reason: {
    type: 'ANSWER_UNCLEAR',
    detail: 'The platform answered success, and the answer holds an error or a page of HTML.'
  }
};

const ODD_ID: OperationResult = {
  kind: 'unsent',
  reason: { type: 'ODD_ID', detail: 'An id of this user cannot stand in an address, so nothing was sent.' }
};

/**
 * Makes one request that changes one user or one session; undefined where the run has to stop and nothing was sent.
 *
 * @param findEffect looks whether an attempt was carried out whose answer was lost (`RequestToSend`). Default: it is sent again
 */
export async function sendSingle(
  sender: RequestSender,
  attempt: (timeoutMs: number) => Promise<SingleResponse>,
  findEffect?: () => Promise<SingleResponse | undefined>
): Promise<OperationResult | undefined> {
  const result = await sender.send({
    kind: 'single',
    operations: 1,
    attemptsBefore: 0,
    attempt,
    ...(findEffect !== undefined && { findEffect })
  });
  switch (result.kind) {
    case 'answered':
      return result.answer === 'done' ? { kind: 'done' } : UNCLEAR;
    case 'failed':
    case 'refused':
      return { kind: result.kind, reason: toReason(result.error) };
    case 'not sent':
      return undefined;
    // A request about one user is never split.
    case 'split':
    case 'abandoned':
      return { kind: 'unconfirmed', reason: toReason(result.error) };
  }
}

/**
 * Looks at a user before a change is sent again whose answer was lost: somebody may have changed the user back since, such as by
 * signing in, and must not be changed a second time.
 *
 * @param isDone whether the users API shows that the change was carried out
 * @throws LockUsersError where the user cannot be read
 */
export async function findDone(
  run: ActiveRun,
  userId: string,
  isDone: (user: UserState) => boolean
): Promise<SingleResponse | undefined> {
  const user = await lookAt(run, userId);
  return user !== undefined && isDone(user) ? 'done' : undefined;
}

/** What the users API shows of a user; undefined where there is no such user. @throws LockUsersError where it cannot be read */
export function lookAt({ sender, ports }: ActiveRun, userId: string): Promise<UserState | undefined> {
  return sender.read('users', (timeoutMs) => ports.backend.readUserState(userId, timeoutMs), { isEssential: false });
}
