import type { ApiResponse } from '../http/ApiResponse';

/** An answer that a cache keeps. */
interface CachedAnswer {
  readonly response: ApiResponse;
  readonly atMs: number;
}

/** What a fault remembers of the requests that it has hit since the script was set. */
export class FaultMemory {
  private readonly failures = new Map<string, number>();
  private readonly answers = new Map<string, CachedAnswer>();

  /** Counts a failure of the user's, unless there were `most` before. Returns whether it counted. */
  addFailure(userId: string, most: number): boolean {
    const before = this.failures.get(userId) ?? 0;
    if (before >= most) return false;
    this.failures.set(userId, before + 1);
    return true;
  }

  /** The answer that a cache keeps under this key, if it is younger than `ms`. */
  cachedAnswer(key: string, ms: number, nowMs: number): CachedAnswer | undefined {
    const answer = this.answers.get(key);
    return answer !== undefined && nowMs - answer.atMs < ms ? answer : undefined;
  }

  keepAnswer(key: string, answer: CachedAnswer): void {
    this.answers.set(key, answer);
  }
}
