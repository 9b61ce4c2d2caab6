import type { Observer } from './Activity';
import { describeDuration } from './describe-duration';
import type { QueueClock } from './QueueClock';

/** The invocations of tasks that are limited to a single instance. */
export class SingleInstances {
  /** Ends of the invocations, by task. */
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: QueueClock) {}

  /** Starts an invocation when those before it have ended. Assumed: the platform lets the later one wait. */
  waitForTurn<T>(task: string, { onLog }: Observer, start: () => Promise<T>): Promise<T> {
    const before = this.last.get(task);
    const { clock } = this;
    const fromMs = clock.nowMs();
    if (before !== undefined) {
      onLog(`${task} waits: it is limited to a single instance, and one runs already, for 5 minutes at most.`);
    }
    const mine = (before ?? Promise.resolve()).then(() => {
      if (before !== undefined) onLog(`${task} has its turn after ${describeDuration(clock.nowMs() - fromMs)}.`);
      return start();
    });
    this.last.set(task, mine);
    void mine.then(() => {
      if (this.last.get(task) === mine) this.last.delete(task);
    });
    return mine;
  }
}
