import type { RunRecord } from '../records/RunRecord';

/**
 * Whether the platform unlocks users in batches, which no source shows: `works` where a user was unlocked by one; `absent` where
 * nothing showed it.
 */
export type BatchUnlockFinding = 'works' | 'absent';

/** The finding that a record or a continuation holds; undefined where it holds none. */
export function readFinding(value: unknown): BatchUnlockFinding | undefined {
  return value === 'works' || value === 'absent' ? value : undefined;
}

/** What a run has found out about unlocking in batches. Its record says so, so that later invocations need not try again. */
export class BatchUnlock {
  private known: BatchUnlockFinding | undefined;

  /**
   * @param handedOver what an earlier invocation has handed over
   * @param record the run's record, which is saved with its progress
   */
  constructor(
    handedOver: BatchUnlockFinding | undefined,
    private readonly record: RunRecord | undefined
  ) {
    this.known = readFinding(record?.batchUnlock) ?? handedOver;
  }

  get finding(): BatchUnlockFinding | undefined {
    return this.known;
  }

  /** One user has shown it. */
  note(finding: BatchUnlockFinding): void {
    this.known = finding;
    if (this.record !== undefined) this.record.batchUnlock = finding;
  }
}
