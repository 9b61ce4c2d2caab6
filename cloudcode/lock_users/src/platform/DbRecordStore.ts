import type { BatchRecord, RunRecord } from '../records/RunRecord';
import { toErrorDetails } from '../errors';
import type { Redact } from '../input/Secret';
import type { Clock, MissingField, RecordStore, RunQuery } from '../ports';
import { answerInTime } from '../requests/answer-in-time';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import { mayBeCarriedOut } from '../requests/retry-rules';
import { describeThrown } from './database-errors';
import { isMeant, whereWithBatches, whereRuns } from './record-database';
import type { DbWithRecords } from './record-database';
import { describeFailure, recordFailed } from './record-failed';
import { NEEDED_FIELDS } from './record-fields';
import { RecordObjects } from './RecordObjects';

/** Keeps the records of runs in the models `lock_run` and `lock_run_batch` of the platform's `DB` global. */
export class DbRecordStore implements RecordStore {
  private readonly objects: RecordObjects;

  /** Records of new runs that the database is not known to have, and whether a save has failed that it may have carried out. */
  private readonly unsaved = new WeakMap<object, boolean>();

  private constructor(
    private readonly db: DbWithRecords,
    private readonly clock: Clock,
    private readonly redact: Redact
  ) {
    this.objects = new RecordObjects(db);
  }

  /** The records, or undefined where the app's data model does not have both models. @param redact takes secrets out of errors of `db` */
  static find(db: unknown, clock: Clock, redact: Redact): DbRecordStore | undefined {
    const candidate = db as Partial<DbWithRecords> | null | undefined;
    const models = [candidate?.lock_run, candidate?.lock_run_batch];
    const isThere = models.every((model) => typeof model?.create === 'function') && candidate?.Batch !== undefined;
    return isThere ? new DbRecordStore(candidate as DbWithRecords, clock, redact) : undefined;
  }

  listMissingFields(): readonly MissingField[] {
    const missing = (['lock_run', 'lock_run_batch'] as const).flatMap((model) =>
      [...this.objects.listMissing(model)].map((field) => `${model}.${field}`)
    );
    return missing.map((name) => ({ name, isNeeded: NEEDED_FIELDS.includes(name) }));
  }

  newRun(): RunRecord {
    const run = this.objects.readRun(this.db.lock_run.create());
    this.unsaved.set(run, false);
    return run;
  }

  newBatch(runRecordId: string): BatchRecord {
    return Object.assign(this.objects.readBatch(this.db.lock_run_batch.create()), { runRecordId });
  }

  async findRuns(query: RunQuery, timeoutMs: number): Promise<readonly RunRecord[]> {
    const objects = await this.attempt('read', timeoutMs, () => whereRuns(this.db.lock_run, query).toArray());
    return objects.map((object) => this.objects.readRun(object)).filter((run) => isMeant(run, query));
  }

  async findWithBatches(beforeMs: number, limit: number, timeoutMs: number): Promise<readonly RunRecord[]> {
    const objects = await this.attempt('read', timeoutMs, () =>
      whereWithBatches(this.db.lock_run, beforeMs).limit(limit).toArray()
    );
    return objects.map((object) => this.objects.readRun(object));
  }

  async deleteBatches(batches: readonly BatchRecord[], timeoutMs: number): Promise<void> {
    await this.attempt('deleted', timeoutMs, () => {
      const batch = new this.db.Batch();
      for (const record of batches) batch.destroy(this.objects.objectOf(record));
      return batch.execute();
    });
  }

  async readBatches(
    { runRecordId, sinceMs }: { readonly runRecordId: string; readonly sinceMs?: number },
    limit: number,
    skip: number,
    timeoutMs: number
  ): Promise<readonly BatchRecord[]> {
    const { lock_run_batch: batches } = this.db;
    const query =
      sinceMs === undefined
        ? batches.where('lock_run_id = ?', runRecordId)
        : batches.where('lock_run_id = ? or sent_at >= ?', runRecordId, new Date(sinceMs));
    const objects = await this.attempt('read', timeoutMs, () => query.orderBy('id').limit(limit).skip(skip).toArray());
    return objects.map((object) => this.objects.readBatch(object));
  }

  async save(records: readonly (RunRecord | BatchRecord)[], timeoutMs: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + timeoutMs;
    for (const record of records) if (this.unsaved.get(record) === true) await this.adopt(record as RunRecord, untilMs);
    await this.send(records, this.leftMs(untilMs), true);
  }

  saveChanges(run: RunRecord, timeoutMs: number): Promise<void> {
    return this.send([run], timeoutMs, false);
  }

  isInDoubt(record: RunRecord | BatchRecord): boolean {
    return this.objects.isInDoubt(record);
  }

  private async send(records: readonly (RunRecord | BatchRecord)[], timeoutMs: number, isAll: boolean): Promise<void> {
    try {
      await this.attempt('written', timeoutMs, () => {
        const batch = new this.db.Batch();
        for (const record of records) batch.save(this.objects.write(record, isAll));
        return batch.execute();
      });
      for (const record of records) {
        this.objects.noteSaved(record);
        this.unsaved.delete(record);
      }
    } catch (error) {
      const mayCome = mayBeCarriedOut(toErrorDetails(error));
      for (const record of records) {
        if (mayCome) this.objects.noteInDoubt(record);
        if (this.unsaved.has(record)) this.unsaved.set(record, true);
      }
      throw error;
    }
  }

  /**
   * Takes the object of the database for a new run's, where there is one after all. To save a new object replaces it (documented), with
   * what somebody may have set in it meanwhile.
   */
  private async adopt(run: RunRecord, untilMs: number): Promise<void> {
    const { runId } = run;
    if (runId === null) return;
    const objects = await askAgainIfEmpty(() =>
      this.attempt('read', this.leftMs(untilMs), () => whereRuns(this.db.lock_run, { runId }).toArray())
    );
    const object = objects.find(({ id }) => id === run.id);
    if (object !== undefined) this.objects.replaceObject(run, object);
  }

  private leftMs(untilMs: number): number {
    return Math.max(1, untilMs - this.clock.monotonicMs());
  }

  private async attempt<T>(
    what: 'read' | 'written' | 'deleted',
    timeoutMs: number,
    request: () => PromiseLike<T>
  ): Promise<T> {
    let answered: { readonly answer: T } | undefined;
    try {
      answered = await answerInTime(this.clock, timeoutMs, request());
    } catch (error) {
      throw recordFailed(what, describeThrown(error, this.redact), describeFailure(error, this.redact));
    }
    if (answered !== undefined) return answered.answer;
    throw recordFailed(what, `no answer within ${timeoutMs / 1000} s`, { network: 'timeout' });
  }
}
