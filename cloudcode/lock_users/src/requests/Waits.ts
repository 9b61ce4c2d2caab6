import type { Clock } from '../ports';

/** The waits of a run that are under way, so that all of them can end early. */
export class Waits {
  private readonly underWay = new Set<AbortController>();

  constructor(private readonly clock: Pick<Clock, 'sleep'>) {}

  /** Waits until the time is over, or until `endAll`. */
  async wait(waitMs: number): Promise<void> {
    const wait = new AbortController();
    this.underWay.add(wait);
    await this.clock.sleep(waitMs, wait.signal);
    this.underWay.delete(wait);
  }

  /** Ends every wait that is under way. */
  endAll(): void {
    for (const wait of this.underWay) wait.abort();
  }
}
