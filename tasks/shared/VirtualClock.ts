import type { Clock } from '../../cloudcode/lock_users/src/ports';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that passes only when everybody waits for it, so that hours take milliseconds and every run is the same. */
export class VirtualClock implements Clock {
  private now = Date.UTC(2026, 0, 1);
  /** In the order in which they are to wake. */
  private sleepers: Sleeper[] = [];

  nowMs(): number {
    return this.now;
  }

  sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { atMs: this.now + Math.max(0, waitMs), wake: resolve };
      const index = this.sleepers.findIndex(({ atMs }) => atMs > sleeper.atMs);
      this.sleepers.splice(index === -1 ? this.sleepers.length : index, 0, sleeper);
      const abort = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
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
      // After this, every promise that can be settled at this moment is.
      await new Promise((resolve) => setImmediate(resolve));
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
