import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import type { ActionName } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { parseNotDone, parseUserIds } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';

/** What became of a user, and why. */
export interface UserOutcome {
  readonly outcome: string;
  readonly detail: string;
}

const CUT_OFF: UserOutcome = {
  outcome: 'unconfirmed',
  detail: 'INTERRUPTED: The run ended before it wrote down what came of this user.'
};

/** Says that a batch was never sent, so that it knows nothing of its users. */
const NOT_ATTEMPTED = 'not_attempted';

/**
 * What the batches of a run know of its users. Of several batches about a user the newest one that knows something counts; each
 * invocation leaves batches behind that it did not come to.
 *
 * @param isOver whether nobody will write down more: then who was sent, and is not answered, is unconfirmed
 * @throws LockUsersError `RECORD_FAILED` where a batch was changed
 */
export function collectOutcomes(
  batches: readonly BatchRecord[],
  action: ActionName,
  isOver: boolean
): Map<string, UserOutcome> {
  const outcomes = new Map<string, UserOutcome>();
  for (const batch of [...batches].sort(compareByAge)) {
    if (!isOver && batch.state !== 'answered') continue;
    for (const [userId, outcome] of listOutcomes(batch, action)) {
      const isKnown = outcome.outcome !== NOT_ATTEMPTED;
      if (isKnown || (isOver && !outcomes.has(userId))) outcomes.set(userId, outcome);
    }
  }
  return outcomes;
}

/** How many users the batches know something of. */
export function countKnown(outcomes: ReadonlyMap<string, UserOutcome>): number {
  return [...outcomes.values()].filter(({ outcome }) => outcome !== NOT_ATTEMPTED).length;
}

/** `alreadyLocked` as `already_locked`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The oldest first. */
function compareByAge(a: BatchRecord, b: BatchRecord): number {
  return (a.sentAtMs ?? 0) - (b.sentAtMs ?? 0) || (a.number ?? 0) - (b.number ?? 0);
}

function listOutcomes(batch: BatchRecord, action: ActionName): Map<string, UserOutcome> {
  const { done, already } = ACTION_LABELS[action];
  const usual = batch.state === 'answered' ? { outcome: done, detail: '' } : CUT_OFF;
  const outcomes = new Map<string, UserOutcome>(parseUserIds(batch).map((userId) => [userId, usual]));
  if (batch.state !== 'answered') return outcomes;
  for (const { userId, outcome, type, detail } of parseNotDone(batch)) {
    outcomes.set(userId, {
      outcome: outcome === 'already' ? toSnakeCase(already) : outcome,
      detail: [type, detail].filter((part) => part !== undefined).join(': ')
    });
  }
  return outcomes;
}
