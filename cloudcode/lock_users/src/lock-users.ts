import { buildLockOperation } from './core/lock-batch';
import type { ErrorParts } from './core/LockUsersError';
import { matchResults } from './core/match-results';
import type { OperationResult } from './core/match-results';
import type { Roster } from './core/Roster';
import type { BackendApi, Log } from './ports';
import type { Sender } from './Sender';
import type { UserQueue } from './UserQueue';

/** What sending users needs. */
export interface LockJob {
  readonly sender: Sender;
  readonly backend: BackendApi;
  readonly roster: Roster;
  readonly log: Log;
  /** Operations per batch, 1 to 1000. */
  readonly batchSize: number;
  /** Batches in flight at most. */
  readonly concurrency: number;
}

/**
 * Sends the users of the queue until it is closed and empty or the run has to stop, and writes every result into the
 * roster. Users whose batch got no usable answer are in doubt, for the users API to settle.
 */
export async function lockUsers(job: LockJob, queue: UserQueue): Promise<void> {
  async function work(): Promise<void> {
    while (job.sender.stop === undefined) {
      const userIds = await queue.take(job.batchSize);
      if (userIds.length === 0) return;
      await lockBatch(job, userIds, 0);
    }
  }
  await Promise.all(Array.from({ length: job.concurrency }, work));
}

async function lockBatch(job: LockJob, userIds: readonly string[], attemptsBefore: number): Promise<void> {
  const { sender, backend } = job;
  const result = await sender.send({
    kind: 'batch',
    operations: userIds.length,
    attemptsBefore,
    attempt: (timeoutMs) => backend.postBatch(userIds.map(buildLockOperation), timeoutMs)
  });
  switch (result.kind) {
    case 'answered':
      return settle(job, userIds, matchResults(userIds, result.answer));
    case 'split': {
      const middle = Math.ceil(userIds.length / 2);
      // Should the run have to stop in between, these users have been sent, and nobody knows more of them.
      if (result.attempts > 0) settle(job, userIds, inDoubt(userIds, result.error), 'quietly');
      await lockBatch(job, userIds.slice(0, middle), result.attempts);
      return lockBatch(job, userIds.slice(middle), result.attempts);
    }
    case 'refused':
      return settle(
        job,
        userIds,
        userIds.map(() => ({ kind: 'refused', reason: toReason(result.error) }))
      );
    case 'given up':
      return settle(job, userIds, inDoubt(userIds, result.error));
    case 'not sent':
      return;
  }
}

function settle(
  { roster, log, sender }: LockJob,
  userIds: readonly string[],
  results: readonly OperationResult[],
  quietly?: 'quietly'
): void {
  userIds.forEach((userId, position) => {
    const result = results[position];
    if (result !== undefined) roster.settle(userId, result);
  });
  if (quietly === undefined) log.line(`Batch request ${sender.requests.batch}: ${describeResults(results)}.`);
}

function inDoubt(userIds: readonly string[], error: ErrorParts): OperationResult[] {
  const reason = toReason(error);
  return userIds.map(() => ({ kind: 'doubtful', reason }));
}

function toReason(error: ErrorParts): { type: string; detail: string } {
  return { type: error.platformType ?? error.code, detail: error.what };
}

function describeResults(results: readonly OperationResult[]): string {
  const failed = results.filter(({ kind }) => kind === 'failed' || kind === 'refused').length;
  const doubtful = results.find((result) => result.kind === 'doubtful');
  const count = (kind: OperationResult['kind']): number => results.filter((result) => result.kind === kind).length;
  const counted = `${results.length} sent, ${count('locked')} locked, ${failed} failed`;
  if (doubtful?.kind !== 'doubtful') return counted;
  return `${counted}, ${count('doubtful')} in doubt (${doubtful.reason.type}), to be looked up`;
}
