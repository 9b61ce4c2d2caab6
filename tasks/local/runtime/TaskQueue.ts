import { sleepUntil } from './QueueClock';
import type { QueueClock } from './QueueClock';
import type { ScheduleRequest, TaskRunResult } from './TaskRun';

/** What a `TaskQueue` works with. */
export interface TaskQueueOptions<R extends ScheduleRequest> {
  /** Runs the task once. Where it rejects, the queue stops. */
  readonly run: (request: R) => Promise<TaskRunResult>;
  /** Gets each task when it is done, with the result of its last run. */
  readonly onFinished: (request: R, result: TaskRunResult) => void;
  readonly clock: QueueClock;
  /** Once it is aborted nothing is started any more, and what waits is dropped. */
  readonly signal?: AbortSignal;
}

interface WaitingTask<R> {
  readonly request: R;
  readonly dueMs: number;
}

/** Delivery is at least once, documented; how often the platform tries is not. */
const MAX_RUNS = 3;

/**
 * Runs what tasks schedule, as the platform does: those on the same queue one after the other, in the order of the
 * time they are due and then of their arrival, and those on no queue side by side. One that ends without a response is
 * run again, up to three runs in all.
 */
export class TaskQueue<R extends ScheduleRequest = ScheduleRequest> {
  readonly #options: TaskQueueOptions<R>;
  /** In the order of the time they are due, then of their arrival. */
  #waiting: WaitingTask<R>[] = [];
  readonly #busyQueues = new Set<string>();
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  #onIdle: (() => void)[] = [];

  constructor(options: TaskQueueOptions<R>) {
    this.#options = options;
  }

  /** Takes a task, and starts it as soon as it is due and its queue is free. */
  schedule(request: R): void {
    const nowMs = this.#options.clock.nowMs();
    const task = { request, dueMs: request.atMs ?? nowMs };
    const later = this.#waiting.findIndex(({ dueMs }) => dueMs > task.dueMs);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, task);
    if (task.dueMs > nowMs) void this.#wakeAt(task.dueMs);
    this.#startWhatIsDue();
  }

  /** Drops the waiting tasks that match, and returns them. */
  drop(matches: (request: R) => boolean): readonly R[] {
    const dropped = this.#waiting.filter(({ request }) => matches(request));
    this.#waiting = this.#waiting.filter(({ request }) => !matches(request));
    this.#startWhatIsDue();
    return dropped.map(({ request }) => request);
  }

  /**
   * Resolves when nothing is waiting or running.
   *
   * @throws what `run` rejected with
   */
  async idle(): Promise<void> {
    while (this.#running > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #wakeAt(dueMs: number): Promise<void> {
    await sleepUntil(this.#options.clock, dueMs, this.#options.signal);
    this.#startWhatIsDue();
  }

  #startWhatIsDue(): void {
    if (this.#isStopped()) this.#waiting = [];
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) void this.#start(next.request);
    if (this.#running > 0 || this.#waiting.length > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #takeNext(): WaitingTask<R> | undefined {
    const nowMs = this.#options.clock.nowMs();
    const index = this.#waiting.findIndex(
      ({ request: { queue }, dueMs }) => dueMs <= nowMs && (queue === undefined || !this.#busyQueues.has(queue))
    );
    return index === -1 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  async #start(request: R): Promise<void> {
    this.#running += 1;
    if (request.queue !== undefined) this.#busyQueues.add(request.queue);
    try {
      this.#options.onFinished(request, await this.#runUntilResponse(request));
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#running -= 1;
    if (request.queue !== undefined) this.#busyQueues.delete(request.queue);
    this.#startWhatIsDue();
  }

  async #runUntilResponse(request: R): Promise<TaskRunResult> {
    let result = await this.#options.run(request);
    for (let runs = 1; runs < MAX_RUNS && isWithoutResponse(result) && !this.#isStopped(); runs++) {
      result = await this.#options.run(request);
    }
    return result;
  }

  #isStopped(): boolean {
    return this.#failure !== undefined || this.#options.signal?.aborted === true;
  }
}

/** Whether the platform would have got no response. Somebody stopped a task that was aborted, so it stays stopped. */
function isWithoutResponse(result: TaskRunResult): boolean {
  return result.status === 'killed' && result.reason !== 'aborted';
}
