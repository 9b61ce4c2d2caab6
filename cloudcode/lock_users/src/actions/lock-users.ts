import { ACTION_LABELS } from './action-labels';
import { buildLockOperation } from '../requests/lock-batch';
import type { ErrorDetails } from '../errors';
import { matchResults } from '../requests/match-results';
import type { OperationResult } from '../requests/match-results';
import type { Roster } from '../users/Roster';
import type { Action } from '../vocabulary';
import type { BackendApi, Log } from '../ports';
import type { RunRecorder } from '../records/RunRecorder';
import type { RequestSender } from '../requests/RequestSender';
import type { UserQueue } from '../users/UserQueue';

/** What sending users needs. */
export interface SendingJob {
  readonly sender: RequestSender;
  readonly backend: BackendApi;
  readonly roster: Roster;
  readonly log: Log;
  /** Batches, or requests about one user, in flight at most. */
  readonly concurrency: number;
  /** Where it is written down who is sent, if anywhere. */
  readonly recorder: Pick<RunRecorder, 'recordIntent' | 'recordOutcome'> | undefined;
}

/** What locking users needs. */
export interface LockJob extends SendingJob {
  /** Operations per batch, 1 to 1000. */
  readonly batchSize: number;
}

/**
 * Locks the users of the queue in batches until it is closed and empty or the run has to stop, and writes every result into
 * the roster. Users whose batch got no usable answer are in doubt, for the users API to settle.
 */
export async function lockUsers(job: LockJob, queue: UserQueue): Promise<void> {
  async function work(): Promise<void> {
    let next = announceNext(job, queue, job.batchSize);
    for (let batch = await next; batch !== undefined && job.sender.stop === undefined; batch = await next) {
      // The next one is written down while this one is on its way.
      next = announceNext(job, queue, job.batchSize);
      await lockBatch(job, batch.users);
      batch.settle();
    }
    // Should the run have to stop, what was written down last is told when the record is closed.
    await next;
  }
  await Promise.all(Array.from({ length: job.concurrency }, work));
}

/** The next users of the queue, written down, so many at most; undefined where there are none. */
export async function announceNext(
  { recorder }: Pick<SendingJob, 'recorder'>,
  queue: UserQueue,
  most: number
): Promise<{ readonly users: readonly number[]; settle(): void } | undefined> {
  const users = await queue.take(most);
  if (users.length === 0) return undefined;
  const announced = await recorder?.recordIntent(users);
  return { users, settle: () => announced && recorder?.recordOutcome(announced) };
}

async function lockBatch(
  job: LockJob,
  users: readonly number[],
  { attempts, mayHaveChanged } = { attempts: 0, mayHaveChanged: false }
): Promise<void> {
  const { sender, backend, roster } = job;
  const userIds = users.map((user) => roster.idOf(user));
  let number = 0;
  const result = await sender.send({
    kind: 'batch',
    operations: userIds.length,
    attemptsBefore: attempts,
    mayHaveChanged,
    attempt: (timeoutMs) => {
      number = sender.requests.batch;
      return backend.postBatch(userIds.map(buildLockOperation), timeoutMs);
    }
  });
  switch (result.kind) {
    case 'answered':
      return settle(job, users, keepUncertain(matchResults(userIds, result.answer), result.mayHaveChanged), number);
    case 'split': {
      const middle = Math.ceil(users.length / 2);
      // Should the run have to stop in between, these users have been sent, and nobody knows more of them.
      if (result.mayHaveChanged) settle(job, users, unconfirmAll(users, result.error));
      await lockBatch(job, users.slice(0, middle), result);
      return lockBatch(job, users.slice(middle), result);
    }
    case 'refused':
      return settle(
        job,
        users,
        users.map(() => ({ kind: 'refused', reason: toReason(result.error) })),
        number
      );
    case 'given up':
      return settle(job, users, unconfirmAll(users, result.error), number);
    case 'not sent':
      return;
  }
}

/** @param number which batch request it was; without it the log does not say */
function settle(
  { roster, log }: LockJob,
  users: readonly number[],
  results: readonly OperationResult[],
  number?: number
): void {
  users.forEach((user, position) => {
    const result = results[position];
    if (result !== undefined) roster.setResult(user, result);
  });
  if (number !== undefined) log.line(`Batch request ${number}: ${describeResults('lock', results)}.`);
}

/** Whoever was locked by an attempt without an answer may be refused in the next one, as locked already. */
function keepUncertain(results: readonly OperationResult[], mayHaveChanged: boolean): readonly OperationResult[] {
  if (!mayHaveChanged) return results;
  return results.map((result) => (result.kind === 'done' ? result : { kind: 'unconfirmed', reason: result.reason }));
}

function unconfirmAll(users: readonly number[], error: ErrorDetails): OperationResult[] {
  const reason = toReason(error);
  return users.map(() => ({ kind: 'unconfirmed', reason }));
}

/** An error as the reason of a user. */
export function toReason(error: ErrorDetails): { type: string; detail: string } {
  return { type: error.platformType ?? error.code, detail: error.message };
}

/** How many users were sent, and what came of them by the answers. */
export function describeResults(action: Action, results: readonly OperationResult[]): string {
  const failed = results.filter(({ kind }) => kind === 'failed' || kind === 'refused').length;
  const unconfirmed = results.find((result) => result.kind === 'unconfirmed');
  const count = (kind: OperationResult['kind']): number => results.filter((result) => result.kind === kind).length;
  const counted = `${results.length} sent, ${count('done')} ${ACTION_LABELS[action].participle}, ${failed} failed`;
  if (unconfirmed?.kind !== 'unconfirmed') return counted;
  return `${counted}, ${count('unconfirmed')} unconfirmed (${unconfirmed.reason.type}), to be looked up`;
}
