import { describeRequest } from './Order';
import type { Order } from './Order';
import type { ScheduleRequest, TaskRunResult } from './TaskRun';

/** A task that is done, and the result of its last run. */
export interface FinishedTask {
  readonly task: string;
  readonly result: TaskRunResult;
}

/** How far an activity is. */
export interface ActivityState {
  /** Whether a task of it has begun. */
  readonly hasBegun: boolean;
  /** Whether one runs, or is due and waits for its turn. */
  readonly isRunning: boolean;
  /** What waits for its time. */
  readonly orders: readonly Order[];
}

/** Gets the log of an activity, and can end it. */
export interface Observer {
  /** A line of a task's log, or of the runtime about it. */
  onLog(line: string): void;
  /** How far it is, whenever that changes. */
  onState?(state: ActivityState): void;
  /** Aborting it kills what runs and drops what waits, but for what a task has scheduled for later (`RuntimeOptions.onLeft`). */
  readonly signal: AbortSignal;
}

/** A trigger, and everything that it has started and that this has scheduled. */
export class Activity {
  /** In the order of their ends. */
  readonly finished: FinishedTask[] = [];
  /** Resolves when nothing of it is waiting or running any more. */
  readonly done: Promise<readonly FinishedTask[]>;
  private pending = 0;
  private hasBegun = false;
  private readonly waiting = new Set<ScheduleRequest>();
  private resolve: (finished: readonly FinishedTask[]) => void = () => undefined;

  constructor(readonly observer: Observer) {
    this.done = new Promise((resolve) => (this.resolve = resolve));
  }

  /** An invocation was taken. @param order what waits for its time */
  take(order?: ScheduleRequest): void {
    this.pending++;
    if (order !== undefined) this.waiting.add(order);
    this.tellState();
  }

  /** Its time has come. */
  isDue(order: ScheduleRequest): void {
    if (this.waiting.delete(order)) this.tellState();
  }

  /** It begins: its process is started. */
  begin(): void {
    this.hasBegun = true;
    this.tellState();
  }

  /** It has ended. Only the last result is shown as the result, so an earlier failure is told in the log. */
  end(task: string, result: TaskRunResult): void {
    const before = this.finished[this.finished.length - 1];
    if (before !== undefined) tellFailure(before, this.observer);
    this.finished.push({ task, result });
    this.pending--;
    if (this.pending === 0) this.resolve(this.finished);
    else this.tellState();
  }

  private tellState(): void {
    const { observer, hasBegun, pending, waiting } = this;
    observer.onState?.({ hasBegun, isRunning: pending > waiting.size, orders: Array.from(waiting, describeRequest) });
  }
}

function tellFailure({ task, result }: FinishedTask, { onLog }: Observer): void {
  if (result.status === 'threw') onLog(`An earlier run of ${task} ended with an error: ${result.error.message}`);
  if (result.status === 'killed') onLog(`An earlier run of ${task} was killed: ${result.reason}.`);
}
