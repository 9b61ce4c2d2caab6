import type { SessionState, UserState } from './UserState';

/**
 * Notices device sessions that turn `RESET` while a run goes on: their devices wipe their data, and no operation of this
 * task asks for that. Users have numbers here.
 */
export class ResetWatch {
  /** Ids of sessions that were `RESET` when their users were first shown. */
  private readonly resetBefore = new Map<number, readonly string[]>();
  /** Those of them that do not say since when. */
  private readonly undated = new Map<number, readonly string[]>();
  /** Users with sessions that turned `RESET` during the run, and how many of them did. */
  readonly turned = new Map<number, number>();
  /** Those of them that had turned so when they were first shown, and no more since. */
  readonly turnedBeforeLook = new Set<number>();

  /**
   * @param sinceMs when the run began, on the backend's clock, where an earlier invocation may have sent users: what was signed out
   * since has turned since. Infinity: none has
   */
  constructor(private readonly sinceMs: number) {}

  /** The user as they are shown first. */
  before(user: number, { sessions }: UserState): void {
    if (!sessions.some(isReset)) return;
    const reset = sessions.filter(isReset);
    const turned = reset.filter(({ signedOutAtMs }) => signedOutAtMs !== null && signedOutAtMs >= this.sinceMs);
    if (turned.length > 0) this.turnBeforeLook(user, turned.length);
    this.resetBefore.set(user, listIds(reset.filter((session) => !turned.includes(session))));
    this.undated.set(user, listIds(reset.filter(({ signedOutAtMs }) => signedOutAtMs === null)));
  }

  /** The user as they are shown later. */
  after(user: number, { sessions }: UserState): void {
    if (!sessions.some(isReset)) return;
    const left = [...(this.resetBefore.get(user) ?? [])];
    let turned = 0;
    for (const id of listIds(sessions.filter(isReset))) {
      const index = left.indexOf(id);
      if (index === -1) turned++;
      else left.splice(index, 1);
    }
    if (turned <= (this.turned.get(user) ?? 0)) return;
    this.turned.set(user, turned);
    this.turnedBeforeLook.delete(user);
  }

  /** Takes `most` sessions that do not say since when they are `RESET`, of users that are meant, for turned during the run. */
  turnUndated(most: number, isMeant: (user: number) => boolean): void {
    let left = most;
    for (const [user, ids] of this.undated) {
      if (left <= 0 || !isMeant(user)) continue;
      const turned = ids.slice(0, left);
      left -= turned.length;
      this.turnBeforeLook(user, (this.turned.get(user) ?? 0) + turned.length);
      this.resetBefore.set(
        user,
        (this.resetBefore.get(user) ?? []).filter((id) => !turned.includes(id))
      );
    }
  }

  /** Sessions that were `RESET` already when the run began. */
  countBefore(): number {
    return [...this.resetBefore.values()].reduce((sum, ids) => sum + ids.length, 0);
  }

  private turnBeforeLook(user: number, count: number): void {
    this.turned.set(user, count);
    this.turnedBeforeLook.add(user);
  }
}

function isReset({ state }: SessionState): boolean {
  return state === 'RESET';
}

function listIds(sessions: readonly SessionState[]): string[] {
  return sessions.map(({ sessionId }) => sessionId);
}
