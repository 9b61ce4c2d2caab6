import type { UserState } from './UserState';

/**
 * Notices device sessions that turn `RESET` while a run goes on: their devices wipe their data, and no operation of this
 * task asks for that. Users have numbers here.
 */
export class ResetWatch {
  private readonly resetBefore = new Map<number, number>();
  /** Users with sessions that turned `RESET` since they were first shown, and how many of them did. */
  readonly turned = new Map<number, number>();

  /** The user as they are shown before anything is sent. */
  before(user: number, { sessions }: UserState): void {
    const count = countReset(sessions);
    if (count > 0) this.resetBefore.set(user, count);
  }

  /** The user as they are shown later. */
  after(user: number, { sessions }: UserState): void {
    const turned = countReset(sessions) - (this.resetBefore.get(user) ?? 0);
    if (turned > 0) this.turned.set(user, turned);
  }

  /** Sessions that were `RESET` already when the users were first shown. */
  countBefore(): number {
    return [...this.resetBefore.values()].reduce((sum, count) => sum + count, 0);
  }
}

function countReset(sessions: UserState['sessions']): number {
  return sessions.reduce((count, { state }) => (state === 'RESET' ? count + 1 : count), 0);
}
