import chunk = require('lodash/chunk');
import { stopsRun } from './core/classify-answer';
import type { Ledger } from './core/Ledger';
import { buildLockOperation } from './core/lock-batch';
import { LockUsersError } from './core/LockUsersError';
import { matchResults } from './core/match-results';
import type { OperationResult } from './core/match-results';
import type { RequestTally } from './observe-users';
import type { BackendApi, Log } from './ports';

/** What applying a plan needs. */
export interface ApplyJob {
  readonly plannedIds: readonly string[];
  /** Operations per batch, 1 to 1000. */
  readonly batchSize: number;
  readonly backend: BackendApi;
  readonly ledger: Ledger;
  readonly requests: RequestTally;
  readonly log: Log;
}

/**
 * Sends the plan batch by batch and writes every result into the ledger.
 *
 * A batch without a usable answer leaves its users in doubt, for the users API to settle, and the next one is sent.
 * @throws LockUsersError where every further batch would fail alike; its users and the rest are then not attempted.
 */
export async function applyPlan(job: ApplyJob): Promise<void> {
  const batches = chunk(job.plannedIds, job.batchSize);
  for (const [index, userIds] of batches.entries()) {
    const results = await sendBatch(job, userIds);
    userIds.forEach((userId, position) => {
      const result = results[position];
      if (result !== undefined) job.ledger.settle(userId, result);
    });
    job.log.line(`Batch ${index + 1} of ${batches.length}: ${describeResults(results)}.`);
  }
}

async function sendBatch(job: ApplyJob, userIds: readonly string[]): Promise<readonly OperationResult[]> {
  job.requests.batch++;
  try {
    return matchResults(userIds, await job.backend.postBatch(userIds.map(buildLockOperation)));
  } catch (error) {
    if (!(error instanceof LockUsersError) || error.code === 'INVARIANT' || stopsRun(error.code)) throw error;
    const reason = { type: error.parts.platformType ?? error.code, detail: error.parts.what };
    return userIds.map(() => ({ kind: 'doubtful', reason }));
  }
}

function describeResults(results: readonly OperationResult[]): string {
  const count = (kind: OperationResult['kind']): number => results.filter((result) => result.kind === kind).length;
  const doubtful = count('doubtful');
  const counted = `${results.length} sent, ${count('locked')} locked, ${count('failed')} failed`;
  if (doubtful === 0) return counted;
  const first = results.find((result) => result.kind === 'doubtful');
  return `${counted}, ${doubtful} in doubt (${first?.kind === 'doubtful' ? first.reason.type : ''}), to be looked up`;
}
