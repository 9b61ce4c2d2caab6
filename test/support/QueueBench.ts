import type { ScheduleRequest, TaskRunResult } from '../../tasks/local/runtime/TaskRun';
import { TaskQueue } from '../../tasks/local/runtime/TaskQueue';
import { VirtualClock } from '../../tasks/shared/VirtualClock';

/** The result of a task that returned nothing. */
export const RETURNED: TaskRunResult = { status: 'returned', result: null, durationMs: 1, peakMemoryMb: 1, cpuMs: 1 };

/** Lets everything happen that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A queue whose runs end when the test says so. */
export class QueueBench {
  /** It starts at 1000. */
  readonly clock = new VirtualClock(1000);
  readonly abort = new AbortController();
  /** What is done, in the order of its end. */
  readonly finished: { request: ScheduleRequest; result: TaskRunResult }[] = [];
  /** Names of the tasks, as they were started. */
  readonly started: string[] = [];
  readonly #ends = new Map<string, { resolve(result: TaskRunResult): void; reject(error: Error): void }>();
  readonly queue = new TaskQueue({
    run: ({ task }) => {
      this.started.push(task);
      return new Promise((resolve, reject) => this.#ends.set(task, { resolve, reject }));
    },
    onFinished: (request, result) => this.finished.push({ request, result }),
    clock: this.clock,
    signal: this.abort.signal
  });

  schedule(...requests: ScheduleRequest[]): void {
    for (const request of requests) this.queue.schedule(request);
  }

  async end(task: string, result: TaskRunResult | Error = RETURNED): Promise<void> {
    const run = this.#ends.get(task);
    this.#ends.delete(task);
    if (run === undefined) throw new Error(`${task} is not running.`);
    if (result instanceof Error) run.reject(result);
    else run.resolve(result);
    await settle();
  }
}
