import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { RunRecord } from '../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform } from './fake-ports';
import type { RecordingLog } from './fake-ports';
import { MemoryRecordStore } from './MemoryRecordStore';
import { runOnFake } from './run-on-fake';
import { userIds } from './user-id';

const MINUTE_MS = 60_000;

/** A fake platform with six users and a record, on which runs can be cut, killed and undone. Run ids are run-1, run-2, … */
export class UndoFixture {
  readonly platform = new FakePlatform(userIds(6));
  readonly records = new MemoryRecordStore();
  private runs = 0;

  constructor() {
    this.platform.records = this.records;
    this.platform.newRunId = () => `run-${++this.runs}`;
  }

  get locked(): string[] {
    return [...this.platform.locked].sort();
  }

  passTime(minutes = 10): void {
    this.platform.clock.now += minutes * MINUTE_MS;
  }

  /** Each batch and each unlock takes a second from now on. */
  slowDown(): void {
    const { platform } = this;
    const [lock, unlock] = [platform.answerBatch, platform.answerUnlock];
    platform.answerBatch = (operations) => {
      platform.clock.now += 1000;
      return lock(operations);
    };
    platform.answerUnlock = (id) => {
      platform.clock.now += 1000;
      return unlock(id);
    };
  }

  /** Starts the run, and kills it after its first batch was carried out; then its lease ends. Returns its record. */
  async kill(params: object = {}): Promise<RunRecord> {
    const { platform, records } = this;
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      void answer(operations);
      return new Promise(() => undefined);
    };
    const before = platform.batches.length;
    void runOnFake(platform, { runId: 'shift', batchSize: 2, concurrency: 1, ...params });
    while (platform.batches.length === before) await new Promise((resolve) => setImmediate(resolve));
    platform.answerBatch = answer;
    const killed = [...records.runs.values()].find(({ runId }) => runId === 'shift');
    if (killed === undefined) throw new Error('The run that was killed has no record.');
    platform.clock.now = (killed.leaseExpiresAtMs ?? 0) + 1;
    return killed;
  }

  /** What was ordered last, as it comes back. */
  get ordered(): object {
    return this.platform.scheduled.at(-1)?.parameters ?? {};
  }

  undo(runId: string, params: object = {}, log?: RecordingLog): Promise<Report> {
    return runOnFake(this.platform, { undo: runId, ...params }, {}, log);
  }

  record(runId: string): RunRecord | undefined {
    return [...this.records.runs.values()].find((run) => run.runId === runId);
  }
}
