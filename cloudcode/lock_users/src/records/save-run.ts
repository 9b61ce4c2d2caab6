import { toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import { BACKOFF_BASE_MS } from '../requests/retry-rules';
import type { RunContext } from '../run/RunContext';
import type { RunRecord } from './RunRecord';

/** Milliseconds that a request may take by which a run's record is finished: the time is short then. Ours. */
const CLOSING_TIMEOUT_MS = 5000;

/** How often such a request is tried. Ours. */
const CLOSING_ATTEMPTS = 3;

/** Saves a run's record that has no batches. The log says so if that fails. */
export async function saveRun(context: RunContext, records: RecordStore, run: RunRecord): Promise<void> {
  try {
    await insist(context, (timeoutMs) => records.save([run], timeoutMs));
  } catch (error) {
    if (!isRefusedValue(toErrorDetails(error))) return logIncomplete(context, error);
    logIncomplete(context, error);
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

/** Makes a request that is not held back by the end of the budget. @throws whatever the last attempt throws */
export async function insist<T>({ sender, ports }: RunContext, attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    sender.requests.record++;
    try {
      return await attempt(CLOSING_TIMEOUT_MS);
    } catch (error) {
      if (count === CLOSING_ATTEMPTS) throw error;
      await ports.clock.sleep(BACKOFF_BASE_MS);
    }
  }
}

/** Says that a record may say less than the report. */
export function logIncomplete({ ports }: RunContext, error: unknown): void {
  ports.log.line(`${toErrorDetails(error).message} What it says may be incomplete; this report is not.`);
}
