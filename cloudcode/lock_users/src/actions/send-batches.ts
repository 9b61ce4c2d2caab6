import type { ErrorDetails } from '../errors';
import { matchResults, toReason } from '../requests/match-results';
import type { BatchResult, OperationResult } from '../requests/match-results';
import type { ActiveRun } from '../run/ActiveRun';
import type { UserQueue } from '../users/UserQueue';
import { describeResults, recordBatches } from './record-batches';

/** Least milliseconds to wait after operations were throttled: as after a 429 of a whole request, which says a second. */
const THROTTLED_WAIT_MS = 1000;

/** How often operations that are throttled are sent again. Ours. */
const MAX_THROTTLED_ROUNDS = 10;

/** How users are sent in a batch. */
export interface BatchSending {
  /** Posts a batch with one operation for each of the users, in that order, and returns the parsed answer. */
  post(userIds: readonly string[], timeoutMs: number): Promise<unknown>;
  /** What becomes of users whose batch may have been carried out, because its answer was lost. Default: it is sent again. */
  readonly sendLost?: (users: readonly number[]) => Promise<void>;
}

/** What came of users as part of a larger batch. */
interface EarlierAttempts {
  readonly attempts: number;
  /** Whether one of the attempts may have been carried out. */
  readonly mayHaveChanged: boolean;
}

const FIRST: EarlierAttempts = { attempts: 0, mayHaveChanged: false };

/** Takes the users of the queue, at most `batchSize` at a time, and hands them to `sendUsers`, several times at once. */
export async function sendBatches(
  run: ActiveRun,
  queue: UserQueue,
  batchSize: number,
  sendUsers: (users: readonly number[]) => Promise<void>
): Promise<void> {
  const work = (): Promise<void> => recordBatches(run, queue, batchSize, sendUsers);
  await Promise.all(Array.from({ length: run.parameters.concurrency }, work));
}

/** Sends users in one batch, or in several smaller ones where the platform does not take it, and writes their results down. */
export async function sendBatch(
  run: ActiveRun,
  users: readonly number[],
  sending: BatchSending,
  { attempts, mayHaveChanged } = FIRST,
  throttledRounds = 0
): Promise<void> {
  const { sender, roster } = run;
  const { post, sendLost } = sending;
  const userIds = roster.idsOf(users);
  let number = 0;
  const result = await sender.send({
    kind: 'batch',
    operations: userIds.length,
    attemptsBefore: attempts,
    mayHaveChanged,
    attempt: (timeoutMs) => {
      number = sender.requests.batch;
      return post(userIds, timeoutMs);
    },
    ...(sendLost !== undefined && { findEffect: refuseToRepeat })
  });
  switch (result.kind) {
    case 'answered': {
      const answered = matchResults(userIds, result.answer);
      const isEndless = throttledRounds === MAX_THROTTLED_ROUNDS;
      const results = isEndless ? answered.map(failThrottled) : answered;
      const throttled = users.filter((_, position) => results[position]?.kind === 'throttled');
      setResults(run, users, result.mayHaveChanged ? unconfirmFailures(results) : results, number);
      if (throttled.length === 0) return;
      sender.pauseAll(THROTTLED_WAIT_MS);
      const { mayHaveChanged: isDoubtful } = result;
      return sendBatch(run, throttled, sending, { attempts: 0, mayHaveChanged: isDoubtful }, throttledRounds + 1);
    }
    case 'split': {
      const middle = Math.ceil(users.length / 2);
      // Should the run have to stop in between, these users have been sent, and nobody knows more about them.
      if (result.mayHaveChanged) setResults(run, users, unconfirmAll(users, result.error));
      if (result.mayHaveChanged && sendLost !== undefined) return sendLost(users);
      await sendBatch(run, users.slice(0, middle), sending, result);
      return sendBatch(run, users.slice(middle), sending, result);
    }
    case 'failed':
    case 'refused': {
      const { kind, error } = result;
      const reason = toReason(error);
      return setResults(
        run,
        users,
        users.map(() => ({ kind, reason })),
        number
      );
    }
    case 'abandoned':
      setResults(run, users, unconfirmAll(users, result.error), number);
      return sendLost?.(users);
    case 'not sent':
      return;
  }
}

/** A batch that may have been carried out is not sent again. */
function refuseToRepeat(): Promise<never> {
  return Promise.reject(new Error('The batch may have been carried out.'));
}

/** What is throttled for so long is an error of that user, whatever it is called. */
function failThrottled(result: BatchResult): BatchResult {
  return result.kind === 'throttled' ? { kind: 'failed', reason: result.reason } : result;
}

/** @param number which batch request it was; without it, or with 0, nothing is logged */
function setResults(
  { roster, ports }: ActiveRun,
  users: readonly number[],
  results: readonly BatchResult[],
  number?: number
): void {
  users.forEach((user, position) => {
    const result = results[position];
    // A throttled user is sent again, and has no result until then.
    if (result !== undefined && result.kind !== 'throttled') roster.setResult(user, result);
  });
  // Of a half that was not sent any more nothing is told.
  if (number !== undefined && number > 0)
    ports.log.line(`Batch request ${number}: ${describeResults(roster.goal.action, results)}.`);
}

/** A user that was changed by an attempt without an answer may be refused in the next one, as changed already. */
function unconfirmFailures(results: readonly BatchResult[]): readonly BatchResult[] {
  return results.map((result) =>
    result.kind === 'done' || result.kind === 'throttled' ? result : { kind: 'unconfirmed', reason: result.reason }
  );
}

function unconfirmAll(users: readonly number[], error: ErrorDetails): OperationResult[] {
  const reason = toReason(error);
  return users.map(() => ({ kind: 'unconfirmed', reason }));
}
