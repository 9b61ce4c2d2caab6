import type { TaskRunResult } from './TaskRun';

/** A task that is done, and the result of its last run. */
export interface FinishedTask {
  readonly task: string;
  readonly result: TaskRunResult;
}

/** Gets the log of an activity, and can end it. */
export interface Observer {
  /** A line of a task's log, or of the runtime about it. */
  onLog(line: string): void;
  /** Aborting it kills what runs and drops what waits. */
  readonly signal: AbortSignal;
}

/** A trigger, and everything that it has started and that this has scheduled. */
export class Activity {
  /** In the order of their ends. */
  readonly finished: FinishedTask[] = [];
  /** Resolves when nothing of it is waiting or running any more. */
  readonly done: Promise<readonly FinishedTask[]>;
  private pending = 0;
  private resolve: (finished: readonly FinishedTask[]) => void = () => undefined;

  constructor(readonly observer: Observer) {
    this.done = new Promise((resolve) => (this.resolve = resolve));
  }

  /** Something was started, or waits for its turn. */
  begin(): void {
    this.pending++;
  }

  /** It has ended. Only the last result is shown as the result, so an earlier failure is told in the log. */
  end(task: string, result: TaskRunResult): void {
    const before = this.finished[this.finished.length - 1];
    if (before !== undefined) tellFailure(before, this.observer);
    this.finished.push({ task, result });
    this.pending--;
    if (this.pending === 0) this.resolve(this.finished);
  }
}

function tellFailure({ task, result }: FinishedTask, { onLog }: Observer): void {
  if (result.status === 'threw') onLog(`An earlier run of ${task} ended with an error: ${result.error.message}`);
  if (result.status === 'killed') onLog(`An earlier run of ${task} was killed: ${result.reason}.`);
}
