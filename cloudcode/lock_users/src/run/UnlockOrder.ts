import { toErrorDetails } from '../errors';
import { describeMoment, formatMoment } from '../input/unlock-at';
import type { RecordStore } from '../ports';
import { hashToUuid } from '../records/hash-to-uuid';
import type { RunRecord } from '../records/RunRecord';
import { unlockNotOrdered } from '../reasons/unlock-at-reasons';
import type { RunContext } from './RunContext';
import { scheduleUndo } from './schedule-invocation';

/**
 * The undo that a lock run with `unlockAt` orders directly before it announces its first users. Where it cannot be ordered, the
 * run stops, and nobody is locked whom nobody would let in again.
 *
 * An invocation that comes again after a crash orders it again: the two have the same run id, and it is carried out once.
 */
export class UnlockOrder {
  private placed: Promise<void> | undefined;

  /** @param atMs when the undo is due */
  constructor(
    private readonly context: RunContext,
    private readonly records: RecordStore,
    private readonly record: RunRecord,
    private readonly atMs: number
  ) {}

  /** Orders the undo, once. Resolves when that is done, or when the run was stopped because it cannot be. */
  place(): Promise<void> {
    return (this.placed ??= this.order());
  }

  private async order(): Promise<void> {
    const { context, record, records, atMs } = this;
    const { ports, runId, invocation, sender, parameters } = context;
    // An invocation that has handed over has ordered it.
    if (invocation > 1 && record.unlockRunId !== null) return;
    const unlockRunId = hashToUuid(`undo of run ${runId}`);
    const when = describeMoment(atMs, parameters.unlockAt);
    // Of an invocation that was killed: what it has ordered comes, whatever comes of this order.
    const orderedBefore = record.unlockRunId;
    record.unlockRunId = unlockRunId;
    try {
      // Before the order, because a disarmed deployment carries out no undo that the record does not name.
      await sender.read('record', (timeoutMs) => records.save([record], timeoutMs));
    } catch (error) {
      record.unlockRunId = orderedBefore;
      return sender.stopWith(unlockNotOrdered(when, toErrorDetails(error).message));
    }
    const undo = { undo: runId, runId: unlockRunId, notBefore: formatMoment(atMs), requestedBy: 'unlockAt' };
    const failure = await scheduleUndo(ports, undo, atMs, sender.timer.schedulingLeftMs / 2);
    if (failure !== undefined) {
      record.unlockRunId = orderedBefore;
      return sender.stopWith(unlockNotOrdered(when, failure));
    }
    ports.log.line(`They are let back in at ${when}: run ${unlockRunId} is ordered for it.`);
  }
}
