import type { TaskRun, TaskRunResult } from '../../tasks/local/runtime/TaskRun';
import { Runtime } from '../../tasks/local/runtime/Runtime';
import type { RuntimeOptions } from '../../tasks/local/runtime/Runtime';
import { VirtualClock } from '../../tasks/shared/VirtualClock';
import { RETURNED } from './QueueBench';

/** Lets everything happen that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A runtime whose invocations end when the test says so. */
export class RuntimeBench {
  readonly clock = new VirtualClock(1000);
  readonly abort = new AbortController();
  readonly log: string[] = [];
  readonly observer = { onLog: (line: string) => void this.log.push(line), signal: new AbortController().signal };
  /** Invocations as they were started, and those that have not ended. */
  readonly started: string[] = [];
  private readonly running: { task: string; run: TaskRun; end: (result: TaskRunResult) => void }[] = [];
  readonly runtime: Runtime;

  constructor(options: Partial<RuntimeOptions> = {}) {
    this.runtime = new Runtime({
      findTaskFolder: (task) => {
        if (task === 'nobody') throw new Error('There is no task "nobody".');
        return task;
      },
      readEnvironment: () => ({}),
      backend: { url: 'u', token: 't' },
      clock: this.clock,
      singleInstance: [],
      signal: this.abort.signal,
      run: (run) => {
        this.started.push(run.taskFolder);
        return new Promise((end) => this.running.push({ task: run.taskFolder, run, end }));
      },
      ...options
    });
  }

  /** The oldest running invocation of a task. */
  find(task: string): TaskRun {
    return this.take(task).run;
  }

  async end(task: string, result: TaskRunResult = RETURNED): Promise<void> {
    const found = this.take(task);
    this.running.splice(this.running.indexOf(found), 1);
    found.end(result);
    await settle();
  }

  private take(task: string) {
    const found = this.running.find((candidate) => candidate.task === task);
    if (found === undefined) throw new Error(`${task} is not running.`);
    return found;
  }
}
