import type { ContractClient, ContractClock } from './ContractClient';
import { readUser } from './shown-user';
import type { ShownUser } from './shown-user';

/** Longest time that a change is looked for, in milliseconds, and from look to look. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** Looks at the one user, and raises the alarm where a lock made a session wipe. */
export class UserWatch {
  constructor(
    private readonly client: ContractClient,
    private readonly userId: string,
    private readonly clock: ContractClock
  ) {}

  /** @throws Error where the user cannot be read */
  async look(): Promise<ShownUser> {
    const user = readUser(await this.client.read(`users/${this.userId}`));
    if (user.id === this.userId) return user;
    throw new Error('The users API shows another user than the one that was asked for. Nothing more is sent.');
  }

  /**
   * Looks until the user is as wanted.
   *
   * @returns the user, and how long it took; undefined where it did not come true within the patience
   */
  async lookUntil(
    isWanted: (user: ShownUser) => boolean,
    patienceMs = PATIENCE_MS
  ): Promise<{ readonly user: ShownUser; readonly tookMs: number } | undefined> {
    const fromMs = this.clock.nowMs();
    for (;;) {
      const user = await this.look();
      const tookMs = this.clock.nowMs() - fromMs;
      if (isWanted(user)) return { user, tookMs };
      if (tookMs >= patienceMs) return undefined;
      await this.clock.sleep(LOOK_EVERY_MS);
    }
  }
}

/** Sessions that are to be wiped and were not before. */
export function findNewWipes(before: ShownUser, after: ShownUser): readonly string[] {
  const isReset = (user: ShownUser): string[] =>
    (user.sessions ?? []).filter(({ state }) => state === 'RESET').map(({ id }) => id);
  const known = isReset(before);
  return isReset(after).filter((id) => !known.includes(id));
}
