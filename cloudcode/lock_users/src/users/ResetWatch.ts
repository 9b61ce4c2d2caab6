import type { UserState } from './UserState';

/**
 * Notices device sessions that turn `RESET` while a run goes on: their devices wipe their data, and no operation of this
 * task asks for that. Users have numbers here.
 */
export class ResetWatch {
  /** Ids of sessions that were `RESET` when their users were first shown. */
  private readonly resetBefore = new Map<number, readonly string[]>();
  /** Users with sessions that turned `RESET` since they were first shown, and how many of them did. */
  readonly turned = new Map<number, number>();

  /** The user as they are shown before anything is sent. */
  before(user: number, { sessions }: UserState): void {
    const ids = listReset(sessions);
    if (ids.length > 0) this.resetBefore.set(user, ids);
  }

  /** The user as they are shown later. */
  after(user: number, { sessions }: UserState): void {
    const left = [...(this.resetBefore.get(user) ?? [])];
    let turned = 0;
    for (const id of listReset(sessions)) {
      const index = left.indexOf(id);
      if (index === -1) turned++;
      else left.splice(index, 1);
    }
    if (turned > (this.turned.get(user) ?? 0)) this.turned.set(user, turned);
  }

  /** Sessions that were `RESET` already when the users were first shown. */
  countBefore(): number {
    return [...this.resetBefore.values()].reduce((sum, ids) => sum + ids.length, 0);
  }
}

function listReset(sessions: UserState['sessions']): string[] {
  return sessions.flatMap(({ sessionId, state }) => (state === 'RESET' ? [sessionId] : []));
}
