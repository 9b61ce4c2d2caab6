import type { ErrorDetails } from '../errors';
import { buildLockOperation } from '../requests/lock-batch';
import { matchResults, toReason } from '../requests/match-results';
import type { BatchResult, OperationResult } from '../requests/match-results';
import type { ActiveRun } from '../run/ActiveRun';
import type { Reason } from '../users/UserState';
import type { Action } from './Action';
import type { Goal } from './Goal';
import { describeResults, recordBatches } from './record-batches';

/** Least milliseconds to wait after operations were throttled: as after a 429 of a whole request, which says a second. */
const THROTTLED_WAIT_MS = 1000;

/** How often operations that are throttled are sent again. Ours. */
const MAX_THROTTLED_ROUNDS = 10;

const NOT_ENROLLED: Reason = { type: 'NOT_ENROLLED', detail: 'The user is not in the app.' };

const NOT_LOCKED: Reason = {
  type: 'NOT_LOCKED',
  detail: 'The batch answered success, but the users API shows the user unlocked.'
};

/** Locks users in batches, several at once, and keeps the data on their devices. */
export const lock: Action = {
  respectsProtection: true,
  resolve: ({ parameters }) => ({ goal: lockGoal(parameters.onlyEnrolled), selection: parameters.selection }),
  async apply(run, queue) {
    const { concurrency, batchSize } = run.parameters;
    const work = (): Promise<void> =>
      recordBatches(run, queue, batchSize, (users) => sendBatch(run, users, { attempts: 0, mayHaveChanged: false }));
    await Promise.all(Array.from({ length: concurrency }, work));
  }
};

/** The users are locked. @param onlyEnrolled leaves users alone that are not in the app */
export function lockGoal(onlyEnrolled: boolean): Goal {
  return {
    action: 'lock',
    // Whether a user that is not listed is in the app is unknown.
    whenNotListed: onlyEnrolled ? 'fail' : 'send',
    notReached: NOT_LOCKED,
    isMet: ({ locked }) => locked === true,
    findSkipReason: ({ enrolled }) => (onlyEnrolled && !enrolled ? NOT_ENROLLED : undefined),
    givesUp: () => undefined
  };
}

async function sendBatch(
  run: ActiveRun,
  users: readonly number[],
  { attempts, mayHaveChanged }: { readonly attempts: number; readonly mayHaveChanged: boolean },
  throttledRounds = 0
): Promise<void> {
  const { sender, ports, roster } = run;
  const userIds = users.map((user) => roster.idOf(user));
  let number = 0;
  const result = await sender.send({
    kind: 'batch',
    operations: userIds.length,
    attemptsBefore: attempts,
    mayHaveChanged,
    attempt: (timeoutMs) => {
      number = sender.requests.batch;
      return ports.backend.postBatch(userIds.map(buildLockOperation), timeoutMs);
    }
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
      return sendBatch(run, throttled, { attempts: 0, mayHaveChanged: isDoubtful }, throttledRounds + 1);
    }
    case 'split': {
      const middle = Math.ceil(users.length / 2);
      // Should the run have to stop in between, these users have been sent, and nobody knows more about them.
      if (result.mayHaveChanged) setResults(run, users, unconfirmAll(users, result.error));
      await sendBatch(run, users.slice(0, middle), result);
      return sendBatch(run, users.slice(middle), result);
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
      return setResults(run, users, unconfirmAll(users, result.error), number);
    case 'not sent':
      return;
  }
}

/** What is throttled for so long is an error of that user, whatever it is called. */
function failThrottled(result: BatchResult): BatchResult {
  return result.kind === 'throttled' ? { kind: 'failed', reason: result.reason } : result;
}

/** @param number which batch request it was; without it nothing is logged */
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
  if (number !== undefined) ports.log.line(`Batch request ${number}: ${describeResults('lock', results)}.`);
}

/** A user that was locked by an attempt without an answer may be refused in the next one, as locked already. */
function unconfirmFailures(results: readonly BatchResult[]): readonly BatchResult[] {
  return results.map((result) =>
    result.kind === 'done' || result.kind === 'throttled' ? result : { kind: 'unconfirmed', reason: result.reason }
  );
}

function unconfirmAll(users: readonly number[], error: ErrorDetails): OperationResult[] {
  const reason = toReason(error);
  return users.map(() => ({ kind: 'unconfirmed', reason }));
}
