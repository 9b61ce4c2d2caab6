import type { ErrorDetails } from '../errors';
import { READ_LAG_MS } from '../platform-facts';
import { loadLockHistory } from '../records/load-lock-history';
import type { LockHistory } from '../records/LockHistory';
import { mayGoOn } from '../records/RunRecord';
import { insist, RUN_SAVE_MS } from '../records/save-run';
import type { RunContext } from '../run/RunContext';
import { outdatedModels } from '../reasons/run-reasons';
import { noRecordModels } from '../reasons/undo-reasons';
import type { Reason } from '../users/UserState';
import type { Action, Beginning } from './Action';
import type { Goal, ResolvedGoal } from './Goal';
import { sendOneByOne } from './send-one-by-one';
import { hasBatchUnlock, unlockInBatches } from './unlock-in-batches';
import { unlockUser } from './unlock-user';

const NOT_UNLOCKED: Reason = {
  type: 'NOT_UNLOCKED',
  detail: 'The platform answered success, but the users API shows the user locked.'
};

/** Unlocks users, one by one unless the platform is known to do it in batches: the selected users, or the users that one run locked. */
export const unlock: Action = {
  respectsProtection: false,
  resolve(context, beginning) {
    const { undo, selection } = context.parameters;
    return undo === undefined ? { goal: unlockGoal(), selection } : resolveUndo(context, beginning, undo);
  },
  async apply(run, queue) {
    if (await hasBatchUnlock(run, queue)) return unlockInBatches(run, queue);
    return sendOneByOne(run, queue, (userId) => unlockUser(run, userId));
  }
};

/** The users are unlocked, whoever locked them. */
function unlockGoal(): Goal {
  return {
    action: 'unlock',
    whenNotListed: 'send',
    notReached: NOT_UNLOCKED,
    isMet: ({ locked }) => locked === false,
    findSkipReason: () => undefined,
    givesUp: () => undefined
  };
}

/**
 * The users that one run locked are unlocked, except users that somebody else has locked since.
 *
 * A user that is locked although the platform answered success is not sent again: somebody may have locked them just then.
 */
function undoGoal(history: LockHistory): Goal {
  return {
    ...unlockGoal(),
    whenNotListed: 'skip',
    explainOther: (userId) => history.explainOther(userId),
    findSkipReason: (user) => history.findLaterLock(user),
    givesUp: (user, wasAnswered) => history.findLaterLock(user) ?? (wasAnswered ? NOT_UNLOCKED : undefined)
  };
}

/**
 * The goal of an undo, or why the run that is to be undone cannot be. Unless it is a dry run, that run is marked, so that an
 * invocation of it that comes late does not lock everybody again.
 *
 * @throws LockUsersError `RECORD_FAILED` where the record of that run cannot be read
 */
async function resolveUndo(
  context: RunContext,
  { clockAheadMs }: Beginning,
  undo: string
): Promise<ResolvedGoal | { readonly refusal: ErrorDetails }> {
  const { ports, sender, runId, dryRun } = context;
  const { records } = ports;
  if (records === undefined) return { refusal: noRecordModels(undo) };
  const found = await loadLockHistory(context, records, undo, clockAheadMs);
  if ('refusal' in found) return found;
  const { history, record } = found;
  // A run that was killed locked nobody after its lease had ended. Whom another undo has let in is not shown locked any more.
  const nowMs = ports.clock.nowMs();
  const lockedByMs = Math.min(nowMs, record.finishedAtMs ?? record.leaseExpiresAtMs ?? nowMs);
  const settledAtMs = record.undoneBy === null || record.undoneBy === runId ? lockedByMs + READ_LAG_MS : 0;
  const resolved = { goal: undoGoal(history), selection: { userIds: history.userIds() }, settledAtMs };
  if (dryRun) return resolved;
  const unmarkable = records.listMissingFields().find(({ name }) => name === 'lock_run.undone_by');
  if (unmarkable !== undefined && mayGoOn(record)) return { refusal: outdatedModels(unmarkable.name) };
  const before = record.undoneBy;
  // An earlier invocation of this undo has marked it, and nobody knows any more what stood there before.
  const unmarked = before === runId ? null : before;
  const withdraw = async (): Promise<void> => {
    record.undoneBy = unmarked;
    await insist(context, (timeoutMs) => records.save([record], timeoutMs), { reserveMs: RUN_SAVE_MS });
  };
  if (before !== runId) {
    record.undoneBy = runId;
    await sender.read('record', (timeoutMs) => records.save([record], timeoutMs));
  }
  return { ...resolved, withdraw };
}
