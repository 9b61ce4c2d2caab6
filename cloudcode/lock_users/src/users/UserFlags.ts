import { UserIndex } from './UserIndex';

const FIRST_CAPACITY = 1024;

/** The flags of users who have numbers: 0, 1, 2, … in the order in which they were added. */
export class UserFlags {
  private readonly index = new UserIndex();
  private flags = new Uint32Array(FIRST_CAPACITY);

  /** How many users there are. */
  get size(): number {
    return this.index.size;
  }

  /** The id of a user. */
  idOf(user: number): string {
    return this.index.idOf(user);
  }

  /** The number of an id, or undefined where it has none. */
  find(userId: string): number | undefined {
    return this.index.find(userId);
  }

  /** The number of an id, a new one without any flag where it has none. */
  add(userId: string): number {
    const user = this.index.add(userId);
    if (user >= this.flags.length) {
      const old = this.flags;
      this.flags = new Uint32Array(old.length * 2);
      this.flags.set(old);
    }
    return user;
  }

  /** The flags of a user; none of a number that no user has. */
  get(user: number): number {
    return this.flags[user] ?? 0;
  }

  set(user: number, flags: number): void {
    this.flags[user] = flags;
  }
}
