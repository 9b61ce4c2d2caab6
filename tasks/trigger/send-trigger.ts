import type { RunningPlatformNote } from '../local/running-platform-file';
import type { ActivityState, FinishedTask, Observer } from '../local/runtime/Activity';
import type { TriggerRequest } from '../local/runtime/start-trigger';
import type { WebAnswer } from '../local/runtime/WebRequest';
import { readLines } from '../shared/read-lines';
import { postTrigger } from './post-trigger';
import type { TriggerOutcome } from './TriggerOutcome';

/** A line of the answer. */
interface TriggerEvent {
  readonly log?: string;
  readonly state?: ActivityState;
  readonly answer?: WebAnswer;
  readonly end?: readonly FinishedTask[];
  readonly refusal?: string;
}

/**
 * Has the running platform start a trigger, and passes its log on. Aborting it ends what was started.
 *
 * @throws Error where the platform refuses it, or goes away
 */
export async function sendTrigger(
  { runtimeOrigin, controlToken }: RunningPlatformNote,
  request: TriggerRequest,
  { onLog, onState, signal }: Observer
): Promise<TriggerOutcome> {
  let answer: WebAnswer | undefined;
  try {
    const url = `${runtimeOrigin}/_local/trigger`;
    const response = await postTrigger({ url, token: controlToken, body: JSON.stringify(request), signal });
    if (response.statusCode === 413) {
      throw new TriggerRefused('The parameters are more than 5 MB of JSON, the most that the platform takes.');
    }
    if (response.statusCode !== 200) throw new Error(`it answered with ${response.statusCode}`);
    for await (const line of readLines(response)) {
      const event = JSON.parse(line) as TriggerEvent;
      if (event.log !== undefined) onLog(event.log);
      if (event.state !== undefined) onState?.(event.state);
      if (event.answer !== undefined) ({ answer } = event);
      if (event.refusal !== undefined) throw new TriggerRefused(event.refusal);
      if (event.end !== undefined) return { finished: event.end, ...(answer && { answer }) };
    }
    throw new Error('it went away');
  } catch (error) {
    if (error instanceof TriggerRefused) throw error;
    if (signal.aborted) {
      return { finished: [{ task: '', result: { status: 'killed', reason: 'aborted', durationMs: 0 } }] };
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The local platform did not carry out the trigger: ${reason}. Start it again with "npm run local".`
    );
  }
}

/** The platform says what is wrong with the request. */
class TriggerRefused extends Error {}
