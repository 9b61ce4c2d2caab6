/** Moving the others up after each batch would cost time in proportion to their number. */
const FORGET_AFTER = 50_000;

/** Users, by their numbers in the roster, on their way from planning to sending. */
export class UserQueue {
  private users: number[] = [];
  /** How many users at the front of `users` were taken. */
  private gone = 0;
  private isClosed = false;
  private wake: (() => void)[] = [];

  /** A queue of these users, to which nobody else is added. */
  static of(users: readonly number[]): UserQueue {
    const queue = new UserQueue();
    queue.add(users);
    queue.close();
    return queue;
  }

  /** Adds users. */
  add(users: readonly number[]): void {
    for (const user of users) this.users.push(user);
    this.wakeAll();
  }

  /** Nobody else will be added. */
  close(): void {
    this.isClosed = true;
    this.wakeAll();
  }

  /** Whether there are so many users; waits until there are, or nobody else will be added. */
  async holds(count: number): Promise<boolean> {
    return (await this.hold((held) => held >= count)) >= count;
  }

  /** The next `count` users, waiting until there are so many; fewer when the queue is closed, none when it is empty. */
  async take(count: number): Promise<readonly number[]> {
    // Another one that was woken at the same time may have taken them.
    while (!this.has(count) && !this.isClosed) await this.hold(() => this.has(count));
    const taken = this.users.slice(this.gone, this.gone + count);
    this.gone += taken.length;
    if (this.gone > FORGET_AFTER) {
      this.users = this.users.slice(this.gone);
      this.gone = 0;
    }
    return taken;
  }

  /** Waits until the queue holds users of whom `isEnough` says so, or is closed. Returns how many it holds. */
  async hold(isEnough: (count: number) => boolean): Promise<number> {
    while (!isEnough(this.users.length - this.gone) && !this.isClosed) {
      await new Promise<void>((resolve) => this.wake.push(resolve));
    }
    return this.users.length - this.gone;
  }

  /** Takes `count` of the users that it holds, those of the lowest ranks (0, 1, …); of one rank those that came first. */
  takeBest(count: number, rankOf: (user: number) => number): readonly number[] {
    const byRank: number[][] = [];
    for (let place = this.gone; place < this.users.length; place++) {
      const user = this.users[place] ?? 0;
      const equals = (byRank[rankOf(user)] ??= []);
      if (equals.length < count) equals.push(user);
      if (byRank[0]?.length === count) break;
    }
    const best = byRank.flat().slice(0, count);
    for (const user of best) this.users.splice(this.users.indexOf(user, this.gone), 1);
    return best;
  }

  private has(count: number): boolean {
    return this.users.length - this.gone >= count;
  }

  private wakeAll(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
