import omit from 'lodash/omit';
import { Activity } from './Activity';
import type { Observer } from './Activity';
import { describeDuration } from './describe-duration';
import { describeOrder, describeRequest, describeTime } from './Order';
import { runTask } from './run-task';
import { SingleInstances } from './SingleInstances';
import type { ScheduleRequest, TaskRun, TaskRunResult } from './TaskRun';
import { TaskQueue } from './TaskQueue';
import type { QueueClock } from './QueueClock';
import type { WebRequest } from './WebRequest';

/** What a runtime works with. */
export interface RuntimeOptions {
  /** Folder of the built task. @throws Error where there is no such task */
  readonly findTaskFolder: (task: string) => string;
  /** The deployment's variables, read for each invocation. */
  readonly readEnvironment: () => Readonly<Record<string, string>>;
  readonly backend: TaskRun['backend'];
  readonly clock: QueueClock;
  /** Tasks that are limited to a single instance. */
  readonly singleInstance: readonly string[];
  /** Aborting it ends everything. What tasks have scheduled stays among the `orders`. */
  readonly signal: AbortSignal;
  /** Takes the log of what a task has scheduled for later and whose observer is gone. Absent: it is dropped with its observer. */
  readonly onLeft?: (line: string) => void;
  /** Called when the `orders` have changed. */
  readonly onOrders?: () => void;
  /** Milliseconds after which a web request gets a second invocation. Default 60 000, documented ("Trigger CC via HTTP"). */
  readonly secondInvocationMs?: number;
  /** Runs one invocation; replaced in tests. */
  readonly run?: (run: TaskRun) => Promise<TaskRunResult>;
}

/** An invocation on its way through the queue. */
interface QueuedTask extends ScheduleRequest {
  readonly activity: Activity;
  /** Whether a task has scheduled it. */
  readonly isByTask: boolean;
}

const SECOND_INVOCATION_MS = 60_000;
const ABORTED: TaskRunResult = { status: 'killed', reason: 'aborted', durationMs: 0 };

/**
 * The CloudCode of one deployment: every invocation goes through it, whatever triggers it, so that named queues never
 * overlap and a task that is limited to a single instance has one.
 */
export class Runtime {
  private readonly queue: TaskQueue<QueuedTask>;
  private readonly activities = new Set<Activity>();
  private readonly kept = new Set<QueuedTask>();
  private readonly instances: SingleInstances;

  constructor(private readonly options: RuntimeOptions) {
    options.signal.addEventListener('abort', () => {
      for (const activity of this.activities) this.abort(activity);
    });
    this.instances = new SingleInstances(options.clock);
    this.queue = new TaskQueue<QueuedTask>({
      run: async (queued) => {
        const { task, params, activity } = queued;
        activity.isDue(queued);
        const result = await this.invoke({ task, ...(params !== undefined && { params }) }, activity);
        // It may be run again, and only the last result is shown.
        if (result.status === 'killed') activity.observer.onLog(`A run of ${task} was killed: ${result.reason}.`);
        return result;
      },
      onFinished: (queued, result) => this.finish(queued, result),
      clock: options.clock,
      signal: options.signal
    });
  }

  /** Starts a task at once, in parallel to whatever runs. Its trigger sees the end, so it is never repeated. */
  trigger({ task, params }: Pick<ScheduleRequest, 'task' | 'params'>, observer: Observer): Activity {
    this.options.findTaskFolder(task);
    const activity = this.open(observer);
    activity.take();
    void this.invoke({ task, ...(params !== undefined && { params }) }, activity).then((result) =>
      activity.end(task, result)
    );
    return activity;
  }

  /**
   * Takes a task as `CloudCode.scheduleTask` does; webhooks and schedules come this way too (assumed): at least once, so it
   * is run again where it ends without a response.
   *
   * @throws Error where there is no such task
   */
  enqueue(request: ScheduleRequest, observer: Observer): Activity {
    this.options.findTaskFolder(request.task);
    const activity = this.open(observer);
    const { task, atMs = 0 } = request;
    const waitMs = atMs - this.options.clock.nowMs();
    if (waitMs > 0) {
      observer.onLog(`${task} waits until ${describeTime(atMs)}, for ${describeDuration(waitMs)}.`);
    }
    this.take(request, activity, false);
    return activity;
  }

  /** What tasks have scheduled and has not ended: delivery is at least once, so what is killed with the runtime comes again. */
  get orders(): readonly ScheduleRequest[] {
    return Array.from(this.kept, (queued) => omit(queued, ['activity', 'isByTask']));
  }

  /** Takes an order over that nobody watches, such as one of an earlier runtime. @throws Error where there is no such task */
  resume(request: ScheduleRequest): void {
    const { onLeft: onLog = () => undefined, findTaskFolder } = this.options;
    findTaskFolder(request.task);
    const activity = this.open({ onLog, signal: new AbortController().signal });
    this.take(request, activity, true);
    // Nobody is shown the result.
    void activity.done.then((finished) => {
      const result = finished.at(-1)?.result;
      if (result?.status === 'threw') onLog(`The run of ${request.task} ended with an error: ${result.error.message}`);
    });
  }

  /**
   * Makes a web request to a task. One that takes longer than a minute is invoked a second time in a new process
   * (documented); that the first answer of the two counts is assumed.
   */
  web(task: string, web: WebRequest, observer: Observer): { activity: Activity; answer: Promise<TaskRunResult> } {
    this.options.findTaskFolder(task);
    const { clock, secondInvocationMs = SECOND_INVOCATION_MS } = this.options;
    const activity = this.open(observer);
    const start = (): Promise<TaskRunResult> => {
      activity.take();
      const ending = this.invoke({ task, web }, activity);
      void ending.then((result) => activity.end(task, result));
      return ending;
    };
    const answered = new AbortController();
    const first = start().finally(() => answered.abort());
    const second = clock.sleep(secondInvocationMs, answered.signal).then(() => {
      if (answered.signal.aborted) return first;
      observer.onLog(`${task} takes longer than ${secondInvocationMs / 1000} s: it is invoked a second time.`);
      return start();
    });
    return { activity, answer: Promise.race([first, second]) };
  }

  /** Resolves when nothing is waiting or running, whatever started it. */
  async idle(): Promise<void> {
    while (this.activities.size > 0) await Promise.all([...this.activities].map(({ done }) => done));
  }

  private open(observer: Observer): Activity {
    const activity = new Activity(observer);
    this.activities.add(activity);
    const abort = (): void => this.abort(activity);
    observer.signal.addEventListener('abort', abort);
    void activity.done.then(() => {
      this.activities.delete(activity);
      observer.signal.removeEventListener('abort', abort);
    });
    return activity;
  }

  private take(request: ScheduleRequest, activity: Activity, isByTask: boolean): void {
    const queued: QueuedTask = { ...request, activity, isByTask };
    activity.take(this.isLater(request) ? queued : undefined);
    if (isByTask) this.kept.add(queued);
    this.queue.schedule(queued);
    this.options.onOrders?.();
  }

  private finish(queued: QueuedTask, result: TaskRunResult): void {
    queued.activity.isDue(queued);
    if (!this.options.signal.aborted && this.kept.delete(queued)) this.options.onOrders?.();
    queued.activity.end(queued.task, result);
  }

  private isLater({ atMs = 0 }: ScheduleRequest): boolean {
    return atMs > this.options.clock.nowMs();
  }

  /** One invocation in a process of its own. Never rejects: what cannot be run has ended with an error. */
  private async invoke(
    run: Pick<TaskRun, 'params' | 'web'> & { task: string },
    activity: Activity
  ): Promise<TaskRunResult> {
    const { readEnvironment, backend, signal, findTaskFolder, singleInstance, run: runOnce = runTask } = this.options;
    const { task, ...given } = run;
    const { observer } = activity;
    const start = async (): Promise<TaskRunResult> => {
      if (observer.signal.aborted || signal.aborted) return ABORTED;
      activity.begin();
      try {
        return await runOnce({
          ...given,
          taskFolder: findTaskFolder(task),
          environment: readEnvironment(),
          backend,
          onLog: (line) => observer.onLog(line),
          onSchedule: (request) => this.schedule(request, activity),
          signal: AbortSignal.any([observer.signal, signal])
        });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { status: 'threw', error: { name: 'Error', message }, durationMs: 0 };
      }
    };
    return singleInstance.includes(task) ? this.instances.waitForTurn(task, observer, start) : start();
  }

  /** A task schedules another. @throws Error where there is no such task */
  private schedule(request: ScheduleRequest, activity: Activity): void {
    this.options.findTaskFolder(request.task);
    const waitMs = (request.atMs ?? 0) - this.options.clock.nowMs();
    const onQueue = request.queue === undefined ? '' : ` on queue ${JSON.stringify(request.queue)}`;
    activity.observer.onLog(
      `Scheduled: ${request.task}${onQueue}${waitMs > 0 ? `, in ${describeDuration(waitMs)}` : ''}`
    );
    this.take(request, activity, true);
  }

  /** Drops what waits, or keeps what a task has scheduled for later; what runs is killed by the observer's signal. */
  private abort(activity: Activity): void {
    const { onLeft, signal } = this.options;
    for (const queued of this.queue.drop((request) => request.activity === activity)) {
      const isLeft = queued.isByTask && this.isLater(queued) && onLeft !== undefined && !signal.aborted;
      if (isLeft) onLeft(`The command that waits has ended. ${this.keep(queued)}`);
      this.finish(queued, ABORTED);
    }
  }

  /** Keeps an order that nobody watches any more. @returns what has become of it */
  private keep(queued: QueuedTask): string {
    const order = describeOrder(describeRequest(queued));
    try {
      this.resume(omit(queued, ['activity', 'isByTask']));
      return `Kept: ${order}.`;
    } catch (error) {
      // The task may have been deleted since.
      return `Dropped: ${order}. ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
