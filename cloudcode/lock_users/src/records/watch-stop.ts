import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { RecordStore } from '../ports';
import { LOOK_TIMEOUT_MS, Lookout } from '../requests/Lookout';
import type { RequestToSend } from '../requests/RequestToSend';
import type { RunContext } from '../run/RunContext';
import { stopRequested } from '../reasons/run-reasons';
import { isAskedToStop } from './RunRecord';
import type { RunRecord } from './RunRecord';

/**
 * From now on the run's record is read every few seconds, and the run stops where somebody has set `stop_requested` in it. Nothing else
 * leaves until that is known, unless the platform refuses to say it. In models without the field nobody can ask for it.
 *
 * @param record the run's own
 * @param lookedAtMs when it was read last, on the monotonic clock
 */
export function watchStop(
  { sender, ports, runId }: Pick<RunContext, 'sender' | 'ports' | 'runId'>,
  records: RecordStore,
  record: RunRecord,
  lookedAtMs: number
): void {
  const { clock, log } = ports;
  if (records.listMissingFields().some(({ name }) => name === 'lock_run.stop_requested')) return;
  let leftAtMs = lookedAtMs;
  let isEmptyBefore = false;
  const request: RequestToSend<boolean> = {
    kind: 'record',
    operations: 0,
    attemptsBefore: 0,
    isEssential: true,
    isAhead: true,
    async attempt(timeoutMs) {
      leftAtMs = clock.monotonicMs();
      const found = await records.findRuns({ runId }, Math.min(LOOK_TIMEOUT_MS, timeoutMs));
      const isShown = found.length > 0 || isEmptyBefore;
      isEmptyBefore = found.length === 0;
      // Where it is not shown twice, somebody has deleted it.
      if (!isShown) throw notShown();
      // A first save that has come late says so again, with a lease that is short.
      const own = found.find(({ id, leaseHolder }) => id === record.id && leaseHolder === record.leaseHolder);
      if (own?.status === 'starting' && record.status === 'running')
        await records.save([record], Math.min(LOOK_TIMEOUT_MS, timeoutMs));
      return found.some(isAskedToStop);
    }
  };
  sender.lookout = new Lookout(clock, lookedAtMs, async () => {
    for (;;) {
      const result = await sender.send(request);
      if (result.kind === 'answered' && result.answer) sender.stopWith(stopRequested(runId));
      if (result.kind === 'answered' || sender.stop !== undefined) return leftAtMs;
      // An answer that is lost or garbled says nothing.
      if (result.error.network !== undefined || (result.error.status ?? 0) >= 500) continue;
      log.line(`Whether this run is to stop cannot be read; it goes on. ${result.error.message}`);
      return leftAtMs;
    }
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
