import type { FinishedTask } from '../local/runtime/Activity';
import type { WebAnswer } from '../local/runtime/WebRequest';

/** The result of a trigger. */
export interface TriggerOutcome {
  /** Every task that it has started, in the order of their ends. The log reports an earlier one that failed. */
  readonly finished: readonly FinishedTask[];
  /** The answer to a web request. */
  readonly answer?: WebAnswer;
}
