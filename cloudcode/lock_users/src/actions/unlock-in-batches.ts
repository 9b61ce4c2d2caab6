import { LockUsersError } from '../errors';
import { isAddressable } from '../input/user-ids';
import { MAX_OPERATIONS_PER_BATCH } from '../platform-facts';
import { buildUnlockOperation } from '../requests/lock-batch';
import type { OperationResult } from '../requests/match-results';
import { isUntouched } from '../run/ActiveRun';
import type { ActiveRun } from '../run/ActiveRun';
import { LOOK_DELAYS_MS } from '../run/look-patiently';
import { stopOnReset } from '../run/stop-on-reset';
import { UserQueue } from '../users/UserQueue';
import { recordBatches } from './record-batches';
import { sendBatch, sendBatches } from './send-batches';
import { changeUsers, lookAt } from './send-one-by-one';
import { unlockUser, unlockUserAfterBatch } from './unlock-user';

/** Statuses by which something on the way may refuse the operation alone, and not the token or the address. Assumed. */
const REFUSING_STATUSES: readonly (number | undefined)[] = [403, 404, 405];

/** What a batch is answered says nothing of its user until it has been seen to work. */
const UNSEEN: OperationResult = {
  kind: 'unconfirmed',
  reason: { type: 'UNVERIFIED', detail: 'The user was unlocked by a batch, and nothing has shown yet that it works.' }
};

/** How many users are looked at for one with whom batches can be tried. Ours. */
const MAX_TRIED = 3;

/**
 * Whether the users of the queue may be unlocked in batches: the deployment wants it tried, and one user has shown that it works.
 * Where nothing is known yet, one of the first users of the queue is that user, who is unlocked in any case. Never throws.
 */
export async function hasBatchUnlock(run: ActiveRun, queue: UserQueue): Promise<boolean> {
  const { settings, batchUnlock } = run;
  if (settings.batchUnlock !== 'try') return false;
  // Whom an earlier invocation has sent may be shown unlocked for that reason, and would show nothing.
  if (batchUnlock.finding === undefined && isUntouched(run)) await findOut(run, queue);
  return batchUnlock.finding === 'works';
}

/** Tries it with the first user that was not sent yet and is shown locked just before; those before are unlocked one by one. Never throws. */
async function findOut(run: ActiveRun, queue: UserQueue): Promise<void> {
  const { batchUnlock, sender, ports } = run;
  let tried = 0;
  while (tried < MAX_TRIED && batchUnlock.finding === undefined && (await queue.holds(2))) {
    if (sender.stop !== undefined) return;
    tried++;
    const one = UserQueue.of(await queue.take(1));
    await recordBatches(run, one, 1, async ([user]) => {
      if (user !== undefined) await tryWith(run, user);
    });
  }
  if (tried === 0 || batchUnlock.finding !== undefined || sender.stop !== undefined) return;
  ports.log.line(
    'Unlocking in batches was not tried: no user could show whether it works. Users are unlocked one by one.'
  );
}

async function tryWith(run: ActiveRun, user: number): Promise<void> {
  const { batchUnlock, ports } = run;
  // Of whom an earlier request may have unlocked, nothing shows whether the batch did it.
  const isTold = !run.roster.isTouched(user) && (await isShownLocked(run, user));
  if (!isTold) return changeUsers(run, [user], (userId) => unlockUser(run, userId));
  const works = await tryBatch(run, user);
  if (works === undefined) return;
  batchUnlock.note(works ? 'works' : 'absent');
  ports.log.line(
    works
      ? 'Unlocking in batches works: it was tried with one user.'
      : 'Unlocking in batches does not work: it was tried with one user. Users are unlocked one by one.'
  );
  if (!works) await changeUsers(run, [user], (userId) => unlockUserAfterBatch(run, userId));
}

/** Whoever is unlocked already, or of whom nothing says that they are locked, would be shown unlocked whatever a batch does. */
async function isShownLocked(run: ActiveRun, user: number): Promise<boolean> {
  const userId = run.roster.idOf(user);
  if (!isAddressable(userId)) return false;
  try {
    return (await lookAt(run, userId))?.locked === true;
  } catch {
    return false;
  }
}

/** Unlocks the users of the queue in batches, and one by one those whom an earlier attempt may have unlocked. Never throws. */
export function unlockInBatches(run: ActiveRun, queue: UserQueue): Promise<void> {
  const { roster } = run;
  return sendBatches(run, queue, MAX_OPERATIONS_PER_BATCH, async (users) => {
    const again = users.filter((user) => roster.isTouched(user));
    const others = users.filter((user) => !roster.isTouched(user));
    if (others.length > 0) {
      await sendBatch(run, others, {
        post: (userIds, timeoutMs) => postUnlocks(run, userIds, timeoutMs),
        sendLost: (lost) => changeUsers(run, lost, (userId) => unlockUserAfterBatch(run, userId))
      });
    }
    if (again.length > 0) await changeUsers(run, again, (userId) => unlockUser(run, userId));
  });
}

/**
 * Sends a batch with one user, and looks at them until they are unlocked, as patiently as the verification. What the answer says
 * does not count; one that says that nothing was carried out spares the looks.
 *
 * @returns undefined where the run has to stop
 */
async function tryBatch(run: ActiveRun, user: number): Promise<boolean | undefined> {
  const { roster, sender } = run;
  const userId = roster.idOf(user);
  await sendBatch(run, [user], {
    post: (userIds, timeoutMs) => postUnlocks(run, userIds, timeoutMs).catch(refuseOperation),
    sendLost: () => Promise.resolve()
  });
  if (!roster.isTouched(user)) return sender.stop === undefined ? false : undefined;
  roster.setResult(user, UNSEEN);
  for (const delayMs of [0, ...LOOK_DELAYS_MS]) {
    if (delayMs > 0 && !(await sender.wait(delayMs))) return undefined;
    try {
      const shown = await lookAt(run, userId);
      if (shown === undefined) continue;
      roster.lookAt(shown);
      stopOnReset(run);
      if (sender.stop !== undefined) return undefined;
      if (shown.locked === false) return true;
    } catch {
      break;
    }
  }
  return sender.stop === undefined ? false : undefined;
}

function postUnlocks({ ports }: ActiveRun, userIds: readonly string[], timeoutMs: number): Promise<unknown> {
  return ports.backend.postBatch(userIds.map(buildUnlockOperation), timeoutMs);
}

/** The error as one of this batch alone, so that an operation that is not allowed does not end the run. @throws the error */
function refuseOperation(error: unknown): never {
  if (!(error instanceof LockUsersError) || !REFUSING_STATUSES.includes(error.details.status)) throw error;
  throw new LockUsersError({ ...error.details, code: 'BACKEND_REJECTED' });
}
