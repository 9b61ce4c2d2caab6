import type { Clock } from '../../cloudcode/lock_users/src/ports';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** The first moment of 2026. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 1);

/**
 * Time that passes only when it is told to, so that hours take milliseconds and every run is the same.
 *
 * `run` lets time pass as far as a promise needs it; `moveTo` and `advanceTo` move it by hand.
 */
export class VirtualClock implements Clock {
  /** In the order in which they are to wake. */
  private sleepers: Sleeper[] = [];

  /** @param now where time begins, in milliseconds since 1970. Default: the first moment of 2026 */
  constructor(private now = DEFAULT_START_MS) {}

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.now;
  }

  /** The same: this clock never jumps. */
  monotonicMs(): number {
    return this.now;
  }

  /** Resolves once the clock has moved on by that much, or as soon as the signal is aborted. */
  sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { atMs: this.now + Math.max(0, waitMs), wake };
      const abort = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        wake();
      };
      const index = this.sleepers.findIndex(({ atMs }) => atMs > sleeper.atMs);
      this.sleepers.splice(index === -1 ? this.sleepers.length : index, 0, sleeper);
      signal?.addEventListener('abort', abort);
    });
  }

  /**
   * Jumps to this moment and wakes everybody who sleeps until then or earlier, the last of them first: timers that end
   * together may end in any order.
   *
   * @param ms milliseconds since 1970
   */
  moveTo(ms: number): void {
    this.now = ms;
    const due = this.sleepers.filter(({ atMs }) => atMs <= ms);
    this.sleepers = this.sleepers.filter(({ atMs }) => atMs > ms);
    for (const { wake } of due.reverse()) wake();
  }

  /** Jumps to this moment as `moveTo` does, and resolves when everything has happened that needs no more time. */
  async advanceTo(ms: number): Promise<void> {
    this.moveTo(ms);
    await settleNow();
  }

  /**
   * Lets time pass until the promise is settled, or until the moment `untilMs`, where everything stops in its tracks.
   *
   * @throws Error where everybody waits and nothing will ever happen
   */
  async run<T>(promise: Promise<T>, untilMs = Infinity): Promise<T | 'cut'> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await settleNow();
      if (isSettled) return promise;
      const next = this.sleepers.shift();
      if (next === undefined) throw new Error('Everybody waits, and nothing will ever happen.');
      if (next.atMs > untilMs) {
        this.now = untilMs;
        this.sleepers = [];
        return 'cut';
      }
      this.now = next.atMs;
      next.wake();
    }
  }
}

/** Resolves when every promise is settled that can be settled at this moment. */
function settleNow(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
