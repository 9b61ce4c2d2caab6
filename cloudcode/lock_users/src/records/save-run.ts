import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError, toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import { BACKOFF_BASE_MS } from '../requests/retry-rules';
import type { RunContext } from '../run/RunContext';
import type { RunRecord } from './RunRecord';

/** Milliseconds that a request may take by which a run's record is finished: the time is short then. Ours. */
export const CLOSING_TIMEOUT_MS = 5000;

/** How often such a request is tried. Ours. */
const CLOSING_ATTEMPTS = 3;

/** Milliseconds that the batches leave for the run itself, which gives the lease back. Ours. */
export const RUN_SAVE_MS = 4000;

/** Saves a run's record. The log says so if that fails. */
export async function saveRun(context: RunContext, records: RecordStore, run: RunRecord): Promise<void> {
  try {
    await insist(context, (timeoutMs) => records.save([run], timeoutMs));
  } catch (error) {
    logIncomplete(context, error);
    if (!isRefusedValue(toErrorDetails(error))) return;
    useKnownOptions(run);
    await insist(context, (timeoutMs) => records.save([run], timeoutMs)).catch(() => undefined);
  }
}

/** Whether the data model does not take a value: in an older copy of it a choice has fewer options. */
function isRefusedValue({ platformType, status }: ErrorDetails): boolean {
  return platformType === 'INVALID_VALUE' || status === 422;
}

/** Closes a run's record by options that each copy of the model has had; its message says what it really is. */
function useKnownOptions(run: RunRecord): void {
  const { status, action, failed, unconfirmed, message } = run;
  const hasChanged = [run.locked, run.unlocked, run.reauthenticated, unconfirmed].some((count) => (count ?? 0) > 0);
  run.status = hasChanged || (failed ?? 0) > 0 ? 'partial' : 'failed';
  run.action = null;
  run.message =
    `Status "${status ?? ''}", action "${action ?? ''}": the data model has no such option. ${message ?? ''}`.trim();
}

/**
 * Makes a request that is not held back by the end of the budget, but ends with the invocation.
 *
 * @param reserveMs how long before that. Default 0
 * @param canShrink whether a smaller request is made where this one is too large. Default false
 * @param attempts how often it is tried. Default 3
 * @throws LockUsersError where each attempt fails, is too large, or where there is no time left
 */
export async function insist<T>(
  { sender, ports }: RunContext,
  attempt: (timeoutMs: number) => Promise<T>,
  {
    reserveMs = 0,
    canShrink = false,
    attempts = CLOSING_ATTEMPTS
  }: { readonly reserveMs?: number; readonly canShrink?: boolean; readonly attempts?: number } = {}
): Promise<T> {
  for (let count = 1; ; count++) {
    const leftMs = Math.floor(sender.timer.endLeftMs - reserveMs);
    if (leftMs < 1) throw outOfTime();
    sender.requests.record++;
    try {
      return await attempt(Math.min(CLOSING_TIMEOUT_MS, leftMs));
    } catch (error) {
      const isLast = count === attempts || sender.timer.endLeftMs - reserveMs <= BACKOFF_BASE_MS;
      if (isLast || (canShrink && isTooLarge(error, count))) throw error;
      await ports.clock.sleep(BACKOFF_BASE_MS);
    }
  }
}

/** Whether a request that failed so for the first or the second time may succeed in halves. */
export function isTooLarge(error: unknown, count = Infinity): boolean {
  const { status, network } = toErrorDetails(error);
  return status === 413 || (network === 'connection' && count > 1);
}

/** Says that the record could not be finished. */
export function logIncomplete({ ports }: RunContext, error: unknown): void {
  ports.log.line(`${toErrorDetails(error).message} What the record says may be incomplete; the report is not.`);
}

function outOfTime(): LockUsersError {
  return new LockUsersError({
    code: 'RECORD_FAILED',
    message: "The run's record could not be finished before the end of the invocation.",
    nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy,
    network: 'timeout'
  });
}
