import { ACTION_LABELS } from './ActionLabels';
import type { ActionName } from './ActionLabels';
import type { BatchResult } from '../requests/match-results';
import type { ActiveRun } from '../run/ActiveRun';
import type { UserQueue } from '../users/UserQueue';

/**
 * Takes users from the queue, so many at a time, records that they are about to be sent, hands them to `sendUsers`, and writes
 * down the outcome. The next users are written down while the ones before are on their way.
 */
export async function recordBatches(
  { sender, recorder, unlockOrder }: Pick<ActiveRun, 'sender' | 'recorder' | 'unlockOrder'>,
  queue: UserQueue,
  most: number,
  sendUsers: (users: readonly number[]) => Promise<void>
): Promise<void> {
  async function takeNext(): Promise<{ readonly users: readonly number[]; finish(): void } | undefined> {
    const users = await queue.take(most);
    if (users.length === 0) return undefined;
    await unlockOrder?.place();
    // Nobody is announced who cannot be sent any more.
    if (unlockOrder !== undefined && sender.stop !== undefined) return undefined;
    const batch = await recorder?.recordIntent(users);
    return { users, finish: () => batch && recorder?.recordOutcome(batch) };
  }

  let next = takeNext();
  for (let batch = await next; batch !== undefined && sender.stop === undefined; batch = await next) {
    next = takeNext();
    await sendUsers(batch.users);
    batch.finish();
  }
  // Should the run have to stop, the outcome of what was written down last is known when the record is finished.
  await next;
}

/** How many users were sent, and what came of them by the answers. */
export function describeResults(action: ActionName, results: readonly BatchResult[]): string {
  const count = (...kinds: BatchResult['kind'][]): number => results.filter(({ kind }) => kinds.includes(kind)).length;
  const counted = `${results.length} sent, ${count('done')} ${ACTION_LABELS[action].participle}, ${count('failed', 'refused', 'unsent')} failed`;
  const throttled = count('throttled') === 0 ? '' : `, ${count('throttled')} throttled, to be sent again`;
  const unconfirmed = results.find((result) => result.kind === 'unconfirmed');
  if (unconfirmed?.kind !== 'unconfirmed') return `${counted}${throttled}`;
  return `${counted}${throttled}, ${count('unconfirmed')} unconfirmed (${unconfirmed.reason.type}), to be looked up`;
}
