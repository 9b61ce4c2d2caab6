import type { RunRecord } from '../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform } from './fake-ports';
import { MemoryRecordStore } from './MemoryRecordStore';
import { userIds } from './user-id';

/** Parameters of a run that sends two users at a time, so that a stop comes between two batches. */
export const SMALL = { batchSize: 2, concurrency: 1, canary: 0 };

/** A fake platform with 40 users and a record, on which the run `run-1` is asked to stop. */
export class StopFixture {
  readonly platform = new FakePlatform(userIds(40));
  readonly records = new MemoryRecordStore();

  constructor() {
    this.platform.records = this.records;
  }

  stop(): void {
    this.records.requestStop('run-1');
  }

  get recorded(): RunRecord | undefined {
    return [...this.records.runs.values()][0];
  }

  /** Each batch takes so long; the stop comes during the one of that number. */
  stopDuring(batch: number, batchMs: number): { readonly stoppedAtMs: number } {
    const { platform } = this;
    const stopped = { stoppedAtMs: Infinity };
    const lock = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.clock.now += batchMs;
      if (platform.batches.length === batch) {
        this.stop();
        stopped.stoppedAtMs = platform.clock.now;
      }
      return lock(operations);
    };
    return stopped;
  }
}
