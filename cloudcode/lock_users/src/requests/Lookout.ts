import type { Clock } from '../ports';

/** Milliseconds from one look to the next. Ours. */
const LOOK_INTERVAL_MS = 5000;

/** Least milliseconds between two looks while a run waits, however late the answer to the first came. Ours. */
const LEAST_SLEEP_MS = 1000;

/** Milliseconds that the answer to a look is waited for. Ours: nothing leaves 10 s after that of which the look should tell. */
export const LOOK_TIMEOUT_MS = 9500;

/** Looks at something every few seconds while a run goes on: before a request leaves, and while the run waits. */
export class Lookout {
  private looking: Promise<void> | undefined;

  /**
   * @param lookedAtMs when the last look left, on the monotonic clock
   * @param look looks, and returns when that left
   */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private lookedAtMs: number,
    private readonly look: () => Promise<number>
  ) {}

  /** Milliseconds until the next look is due; 0 where it is. */
  get dueInMs(): number {
    return Math.max(0, this.lookedAtMs + LOOK_INTERVAL_MS - this.clock.monotonicMs());
  }

  /**
   * Sleeps so long, and looks meanwhile.
   *
   * @param isOver whether there is nothing to sleep for any more
   */
  async sleep(waitMs: number, sleep: (ms: number) => Promise<void>, isOver: () => boolean): Promise<void> {
    const untilMs = this.clock.monotonicMs() + waitMs;
    for (let leftMs = waitMs; leftMs > 0 && !isOver(); leftMs = untilMs - this.clock.monotonicMs()) {
      await sleep(Math.min(leftMs, Math.max(LEAST_SLEEP_MS, this.dueInMs)));
      if (this.clock.monotonicMs() < untilMs) await this.lookIfDue();
    }
  }

  /** Looks where that is due. Whoever comes while a look is under way waits for that one. */
  async lookIfDue(): Promise<void> {
    if (this.dueInMs > 0) return;
    this.looking ??= this.lookNow();
    await this.looking;
  }

  private async lookNow(): Promise<void> {
    try {
      this.lookedAtMs = await this.look();
    } finally {
      this.looking = undefined;
    }
  }
}
