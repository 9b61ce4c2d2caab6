import { ERROR_CATALOGUE, LockUsersError } from '../errors';
import type { RecordStore } from '../ports';
import { LOOK_TIMEOUT_MS, Lookout } from '../requests/Lookout';
import type { RunContext } from '../run/RunContext';
import { stopRequested } from '../stop-reasons';
import { isAskedToStop } from './RunRecord';

/**
 * From now on the run's record is read every few seconds, and the run stops where somebody has set `stop_requested` in it. Where that
 * cannot be read, nothing leaves until it can be, or until the rules give it up. In models without the field nobody can ask for it.
 *
 * @param lookedAtMs when it was read last, on the monotonic clock
 */
export function watchStop(
  { sender, ports, runId }: Pick<RunContext, 'sender' | 'ports' | 'runId'>,
  records: RecordStore,
  lookedAtMs: number
): void {
  const { clock, log } = ports;
  if (records.listMissingFields().some(({ name }) => name === 'lock_run.stop_requested')) return;
  sender.lookout = new Lookout(clock, lookedAtMs, async () => {
    let leftAtMs = clock.monotonicMs();
    let isEmptyBefore = false;
    const result = await sender.send({
      kind: 'record',
      operations: 0,
      attemptsBefore: 0,
      isEssential: true,
      isAhead: true,
      attempt: async (timeoutMs) => {
        leftAtMs = clock.monotonicMs();
        const found = await records.findRuns({ runId }, Math.min(LOOK_TIMEOUT_MS, timeoutMs));
        // Somebody may have deleted it.
        if (found.length === 0 && !isEmptyBefore) {
          isEmptyBefore = true;
          throw notShown();
        }
        return found.some(isAskedToStop);
      }
    });
    if (result.kind !== 'answered') {
      if (sender.stop !== undefined) return leftAtMs;
      log.line(`Whether this run is to stop cannot be read; it goes on. ${result.error.message}`);
    } else if (result.answer) sender.stopWith(stopRequested(runId));
    return leftAtMs;
  });
}

/** The platform's client takes some errors for an empty list (observed). */
function notShown(): LockUsersError {
  return new LockUsersError({
    code: 'RECORD_FAILED',
    message: "The run's record is not shown.",
    nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy,
    network: 'garbled'
  });
}
