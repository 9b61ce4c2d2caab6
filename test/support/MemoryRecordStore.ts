import { toErrorDetails } from '../../cloudcode/lock_users/src/errors';
import { mayBeCarriedOut } from '../../cloudcode/lock_users/src/requests/retry-rules';
import type { BatchRecord, RunRecord } from '../../cloudcode/lock_users/src/records/RunRecord';
import type { MissingField, RecordStore, RunQuery } from '../../cloudcode/lock_users/src/ports';
import { userId } from './user-id';

const NEW_RUN: Omit<RunRecord, 'id'> = {
  status: null,
  version: null,
  runId: null,
  action: null,
  reason: null,
  requestedBy: null,
  parameters: null,
  startedAtMs: null,
  finishedAtMs: null,
  invocation: null,
  leaseHolder: null,
  leaseExpiresAtMs: null,
  undoneBy: null,
  unlockAtMs: null,
  unlockRunId: null,
  canary: null,
  batchUnlock: null,
  stopRequested: null,
  batchesDeletedAtMs: null,
  message: null,
  report: null,
  locked: null
};

/** Keeps records in memory. What is read is a copy, as from a database; what a test is about is replaced on the object. */
export class MemoryRecordStore implements RecordStore {
  readonly runs = new Map<string, RunRecord>();
  readonly batches = new Map<string, BatchRecord>();
  /** Saves so far, each with what it saved. */
  readonly saves: (readonly (RunRecord | BatchRecord)[])[] = [];
  /** Called before each save; may throw. */
  onSave: (records: readonly (RunRecord | BatchRecord)[]) => void | Promise<void> = () => undefined;
  missingFields: readonly MissingField[] = [];
  private readonly inDoubt = new WeakSet<RunRecord | BatchRecord>();
  private lastId = 5000;

  listMissingFields(): readonly MissingField[] {
    return this.missingFields;
  }

  newRun(): RunRecord {
    return { id: userId(this.lastId++), ...NEW_RUN };
  }

  newBatch(runRecordId: string): BatchRecord {
    const nothing = { runId: null, action: null, number: null, state: null, sentAtMs: null, answeredAtMs: null };
    return { id: userId(this.lastId++), runRecordId, ...nothing, userIds: null, done: null, notDone: null };
  }

  /** Adds a run as somebody would in the app. */
  add(values: Partial<RunRecord>): RunRecord {
    const run = { ...this.newRun(), ...values };
    this.runs.set(run.id, run);
    return run;
  }

  /** Somebody asks the runs with this id to stop. */
  requestStop(runId: string): void {
    for (const run of this.runs.values()) {
      if (run.runId === runId) this.runs.set(run.id, { ...run, stopRequested: true });
    }
  }

  findRuns(query: RunQuery): Promise<readonly RunRecord[]> {
    const matches = (run: RunRecord): boolean => {
      if ('statuses' in query) return run.status !== null && query.statuses.includes(run.status);
      if ('unlockAtFromMs' in query) return (run.unlockAtMs ?? -Infinity) >= query.unlockAtFromMs;
      if ('startedSinceMs' in query) return (run.startedAtMs ?? 0) >= query.startedSinceMs;
      return 'objectId' in query ? run.id === query.objectId : [run.id, run.runId].includes(query.runId);
    };
    return Promise.resolve([...this.runs.values()].filter(matches).map((run) => ({ ...run })));
  }

  readBatches(
    { runRecordId, sinceMs }: { readonly runRecordId: string; readonly sinceMs?: number },
    limit: number,
    skip: number
  ): Promise<readonly BatchRecord[]> {
    const wanted = [...this.batches.values()].filter(
      (batch) => batch.runRecordId === runRecordId || (batch.sentAtMs ?? 0) >= (sinceMs ?? Infinity)
    );
    return Promise.resolve(wanted.slice(skip, skip + limit).map((batch) => ({ ...batch })));
  }

  findWithBatches(beforeMs: number, limit: number): Promise<readonly RunRecord[]> {
    const found = [...this.runs.values()].filter(
      ({ finishedAtMs, batchesDeletedAtMs }) => (finishedAtMs ?? Infinity) < beforeMs && batchesDeletedAtMs === null
    );
    found.sort((one, other) => (one.finishedAtMs ?? 0) - (other.finishedAtMs ?? 0));
    return Promise.resolve(found.slice(0, limit).map((run) => ({ ...run })));
  }

  deleteBatches(batches: readonly BatchRecord[]): Promise<void> {
    for (const { id } of batches) this.batches.delete(id);
    return Promise.resolve();
  }

  saveChanges(run: RunRecord): Promise<void> {
    return this.save([run]);
  }

  isInDoubt(record: RunRecord | BatchRecord): boolean {
    return this.inDoubt.has(record);
  }

  async save(records: readonly (RunRecord | BatchRecord)[]): Promise<void> {
    const copies = records.map((record) => ({ ...record }));
    try {
      await this.onSave(copies);
    } catch (error) {
      if (mayBeCarriedOut(toErrorDetails(error))) for (const record of records) this.inDoubt.add(record);
      throw error;
    }
    this.saves.push(copies);
    for (const copy of copies) {
      if ('runRecordId' in copy) this.batches.set(copy.id, copy);
      // A field that is never assigned is not sent, so that what somebody has set meanwhile stays.
      else this.runs.set(copy.id, { ...copy, stopRequested: this.runs.get(copy.id)?.stopRequested ?? null });
    }
  }
}
