import { toErrorDetails } from '../errors';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import { countFitting } from './cut-saves';
import type { BatchRecord, RunRecord } from './RunRecord';
import { insist, isTooLarge, logIncomplete, RUN_SAVE_MS, saveRun } from './save-run';

/** Saves a run for the last time, with the batches that are not saved yet, the most important first. The log says what cannot be saved. */
export async function saveLast(
  context: RunContext,
  store: RecordStore,
  run: RunRecord,
  batches: readonly BatchRecord[]
): Promise<void> {
  if (!(await saveTogether(context, store, run, batches))) {
    // The run has time of its own, so that batches that cannot be saved do not take it along.
    await saveBatches(context, store, batches);
    await saveRun(context, store, run);
  }
  if (!store.isInDoubt(run)) return;
  context.ports.log.line(
    'A save of the record of this run got no answer. Should it be carried out later, the record shows older values than the report.'
  );
}

/** Saves all of it in one request where it is little. @returns whether that is done */
async function saveTogether(
  context: RunContext,
  store: RecordStore,
  run: RunRecord,
  batches: readonly BatchRecord[]
): Promise<boolean> {
  if (batches.length === 0 || countFitting(batches) < batches.length) return false;
  try {
    const options = { reserveMs: RUN_SAVE_MS, attempts: 1 };
    await insist(context, (timeoutMs) => store.save([...batches, run], timeoutMs), options);
    return true;
  } catch {
    // What is wrong shows when they are saved one by one, and is said there.
    return false;
  }
}

/** Saves records in requests that are small enough, and in halves where the platform says that they are not. */
async function saveBatches(
  context: RunContext,
  store: RecordStore,
  batches: readonly BatchRecord[],
  most = Infinity
): Promise<void> {
  for (let rest = batches; rest.length > 0;) {
    const part = rest.slice(0, Math.min(most, countFitting(rest)));
    rest = rest.slice(part.length);
    try {
      await insist(context, (timeoutMs) => store.save(part, timeoutMs), {
        reserveMs: RUN_SAVE_MS,
        canShrink: part.length > 1
      });
    } catch (error) {
      if (part.length > 1 && isTooLarge(error)) {
        await saveBatches(context, store, part, Math.ceil(part.length / 2));
        continue;
      }
      logIncomplete(context, error);
      // A database that does not answer does not take the others either.
      if (toErrorDetails(error).network === 'timeout') return;
    }
  }
}
