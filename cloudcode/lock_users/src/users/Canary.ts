/**
 * What was seen of a user that was sent before the others. `not_locked`: the answer says success, and nothing shows it.
 * `already_locked`: somebody else has locked them. `failed`: the platform refused them. `unconfirmed`: nobody knows.
 */
export type CanarySeen = 'locked' | 'reset' | 'not_locked' | 'already_locked' | 'failed' | 'unconfirmed';

/** One user that was sent before the others. */
export interface CanaryUser {
  readonly userId: string;
  readonly seen: CanarySeen;
}

/** Whether the others may be sent. `unfinished`: the invocation ended before that was known. */
export type CanaryResult = 'passed' | 'failed' | 'unfinished';

/** The first few users of a lock run, which are sent before all others and looked at. */
export class Canary {
  /** Whether the others may be sent; undefined where nobody was sent first, or an earlier invocation did so. */
  result: CanaryResult | undefined;
  private readonly users = new Map<string, CanarySeen>();

  /**
   * @param size how many users are sent first; 0: none
   * @param testUserIds who is sent first where they are planned
   * @param wasPassed whether an earlier invocation of the run has seen that the others may be sent
   */
  constructor(
    readonly size: number,
    readonly testUserIds: readonly string[],
    private readonly wasPassed: boolean
  ) {}

  /** Whether users have to be sent first before a number of others is. */
  get isDue(): boolean {
    return this.size > 0 && !this.isPassed && this.result !== 'failed';
  }

  /** Whether this invocation or an earlier one has seen that the others may be sent. */
  get isPassed(): boolean {
    return this.wasPassed || this.result === 'passed';
  }

  /** Writes down what was seen of a user; what is seen later replaces it. */
  note(userId: string, seen: CanarySeen): void {
    this.users.set(userId, seen);
  }

  /** The users that were sent first. @param seen only those of whom that was seen. Default: all */
  list(seen?: CanarySeen): CanaryUser[] {
    const users = [...this.users].map(([userId, what]) => ({ userId, seen: what }));
    return seen === undefined ? users : users.filter((user) => user.seen === seen);
  }
}
