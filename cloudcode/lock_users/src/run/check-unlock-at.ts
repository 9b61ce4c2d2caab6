import type { ErrorDetails } from '../errors';
import { describeMoment, findUnlockAtMistake } from '../input/unlock-at';
import { unlockDue, unlockNotOrdered, wrongUnlockAt } from '../reasons/unlock-at-reasons';
import type { RunContext } from './RunContext';

/** Fields of the record without which nobody could tell that a run is to be undone, and by which run. */
const FIELDS: readonly string[] = ['lock_run.unlock_at', 'lock_run.unlock_run_id', 'lock_run.undone_by'];

/**
 * Why a run with `unlockAt` must not lock anybody, if so: its time is wrong or has come, or nothing could let people in then. From
 * that time on the run sends nothing.
 *
 * @param hasBegun whether an invocation of the run has begun before
 */
export function checkUnlockAt(
  { parameters, ports, sender, unlockAtMs }: RunContext,
  hasBegun: boolean
): ErrorDetails | undefined {
  if (unlockAtMs === undefined) return undefined;
  const when = describeMoment(unlockAtMs, parameters.unlockAt);
  const nowMs = ports.clock.nowMs();
  if (!hasBegun && parameters.continuation === undefined) {
    const mistake = findUnlockAtMistake(unlockAtMs, nowMs);
    if (mistake !== undefined) return wrongUnlockAt(mistake);
  }
  if (nowMs >= unlockAtMs) return unlockDue(when);
  if (ports.records === undefined) {
    return unlockNotOrdered(
      when,
      'the data model has no models lock_run and lock_run_batch for a record of whom to let in'
    );
  }
  const missing = ports.records.listMissingFields().flatMap(({ name }) => (FIELDS.includes(name) ? [name] : []));
  if (missing.length > 0) {
    return unlockNotOrdered(when, `the data model lacks ${missing.join(', ')}; copy the two models of this version`);
  }
  if (ports.queue === undefined) return unlockNotOrdered(when, 'this runtime has no queue');
  sender.stopAt(ports.clock.monotonicMs() + unlockAtMs - nowMs, unlockDue(when));
  return undefined;
}
