/** Moving the others up after each batch would cost time in proportion to their number. */
const FORGET_AFTER = 50_000;

/** Users on their way from those who read and plan to those who send. */
export class UserQueue {
  private userIds: string[] = [];
  /** Users at the front of `userIds` who have left. */
  private gone = 0;
  private isClosed = false;
  private wake: (() => void)[] = [];

  /** Adds users. */
  add(userIds: readonly string[]): void {
    for (const userId of userIds) this.userIds.push(userId);
    this.wakeAll();
  }

  /** Nobody else will be added. */
  close(): void {
    this.isClosed = true;
    this.wakeAll();
  }

  /** The next `count` users, waiting until there are so many; fewer when the queue is closed, none when it is empty. */
  async take(count: number): Promise<readonly string[]> {
    while (this.userIds.length - this.gone < count && !this.isClosed) {
      await new Promise<void>((resolve) => this.wake.push(resolve));
    }
    const taken = this.userIds.slice(this.gone, this.gone + count);
    this.gone += taken.length;
    if (this.gone > FORGET_AFTER) {
      this.userIds = this.userIds.slice(this.gone);
      this.gone = 0;
    }
    return taken;
  }

  private wakeAll(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
