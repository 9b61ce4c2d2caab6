import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import type { RunContext } from '../run/RunContext';
import { describeRequest, findRefusal } from './begin-run';
import type { RunRecord } from './RunRecord';
import { insist, logIncomplete } from './save-run';

/**
 * The record of a run that was scheduled or requested, whose invocation ends before it looked for it; undefined where there is none,
 * or where what it says is not this invocation's to write. Never throws.
 */
export async function findUnclosed(context: RunContext): Promise<RunRecord | undefined> {
  const { ports, parameters, runId } = context;
  const { records } = ports;
  if (records === undefined || (parameters.runId ?? parameters.continuation) === undefined) return undefined;
  try {
    const [found] = await askAgainIfEmpty(() => insist(context, (timeoutMs) => records.findRuns({ runId }, timeoutMs)));
    if (found === undefined || findRefusal(context, found) !== undefined) return undefined;
    // A dry run writes nothing into the record of a run that has begun.
    if (parameters.dryRun === true && found.startedAtMs !== null) return undefined;
    describeRequest(context, found);
    return found;
  } catch (error) {
    logIncomplete(context, error);
    return undefined;
  }
}
