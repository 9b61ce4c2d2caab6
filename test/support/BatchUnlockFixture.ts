import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { classifyResponse } from '../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from './fake-ports';
import { runOnFake } from './run-on-fake';
import { userIds } from './user-id';

const MINUTE_MS = 60_000;

/** Settings with which unlocking in batches is tried. */
export const TRY = { batchUnlock: 'try' } as const;

/** A fake platform with eight users, on which a run may try to unlock in batches. Run ids are run-1, run-2, … */
export class BatchUnlockFixture {
  readonly platform = new FakePlatform(userIds(8));
  readonly log = new RecordingLog();
  private runs = 0;

  constructor() {
    this.platform.newRunId = () => `run-${++this.runs}`;
  }

  /** The platform unlocks users in batches. */
  unlocksInBatches(): void {
    const { platform } = this;
    platform.answerUnlockBatch = (ids) => {
      for (const id of ids) platform.locked.delete(id);
      return { operations: ids.map(() => ({ success: true })) };
    };
  }

  /** An answer to a batch that refuses all of it. */
  static refuse(status: number): () => never {
    return () => {
      throw classifyResponse('POST batch.json', status, { type: 'ROUTE_ERROR', detail: 'x' });
    };
  }

  /** Everybody is locked by a run, some time ago. Returns its id. */
  async lock(): Promise<string> {
    const { runId } = await runOnFake(this.platform);
    this.platform.clock.now += 10 * MINUTE_MS;
    return runId;
  }

  run(params: object, settings: object = TRY): Promise<Report> {
    return runOnFake(this.platform, params, settings, this.log);
  }

  undo(runId: string): Promise<Report> {
    return this.run({ undo: runId });
  }
}
