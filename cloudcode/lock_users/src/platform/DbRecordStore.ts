import type { BatchRecord, RunRecord } from '../records/RunRecord';
import type { Redact } from '../input/Secret';
import { escapeText } from '../outside-text';
import type { Clock, MissingField, RecordStore, RunQuery } from '../ports';
import { answerInTime } from '../requests/answer-in-time';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import { describeThrown } from './database-errors';
import { fromDatabase, isMeant, whereWithBatches, whereRuns } from './record-database';
import type { DbObject, DbWithRecords } from './record-database';
import { describeFailure, recordFailed } from './record-failed';

type Fields<R> = { readonly [Name in Exclude<keyof R, 'id'>]-?: string };

/** Names of the fields in the data model; those that end in `_at` hold dates and times. */
export const RUN_FIELDS: Fields<RunRecord> = {
  status: 'status',
  version: 'version',
  runId: 'run_id',
  action: 'action',
  reason: 'reason',
  requestedBy: 'requested_by',
  parameters: 'parameters',
  startedAtMs: 'started_at',
  finishedAtMs: 'finished_at',
  invocation: 'invocation',
  leaseHolder: 'lease_holder',
  leaseExpiresAtMs: 'lease_expires_at',
  undoneBy: 'undone_by',
  unlockAtMs: 'unlock_at',
  unlockRunId: 'unlock_run_id',
  canary: 'canary',
  batchUnlock: 'batch_unlock',
  stopRequested: 'stop_requested',
  batchesDeletedAtMs: 'batches_deleted_at',
  message: 'message',
  report: 'report',
  selected: 'selected',
  protected: 'protected',
  excluded: 'excluded',
  alreadyLocked: 'already_locked',
  alreadyUnlocked: 'already_unlocked',
  alreadySignedOut: 'already_signed_out',
  notEnrolled: 'not_enrolled',
  lockedAgain: 'locked_again',
  notShown: 'not_shown',
  planned: 'planned',
  locked: 'locked',
  unlocked: 'unlocked',
  reauthenticated: 'reauthenticated',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  notAttempted: 'not_attempted'
};

/** The same for the batches of a run. */
export const BATCH_FIELDS: Fields<BatchRecord> = {
  runRecordId: 'lock_run_id',
  runId: 'run_id',
  action: 'action',
  number: 'number',
  state: 'state',
  sentAtMs: 'sent_at',
  answeredAtMs: 'answered_at',
  userIds: 'user_ids',
  done: 'done',
  notDone: 'not_done'
};

/** Set by people alone. The client sends what was assigned (observed), so that what they set meanwhile stays. */
const NEVER_WRITTEN: readonly string[] = [RUN_FIELDS.stopRequested];

/** Fields without which an undo or the lease would rest on less than the truth. The others are for people to read. */
const NEEDED_FIELDS: readonly string[] = [
  ...(['status', 'runId', 'parameters', 'startedAtMs', 'leaseHolder', 'leaseExpiresAtMs'] as const).map(
    (name) => `lock_run.${RUN_FIELDS[name]}`
  ),
  ...(['runRecordId', 'action', 'state', 'sentAtMs', 'userIds', 'notDone'] as const).map(
    (name) => `lock_run_batch.${BATCH_FIELDS[name]}`
  )
];

/** Keeps the records of runs in the models `lock_run` and `lock_run_batch` of the platform's `DB` global. */
export class DbRecordStore implements RecordStore {
  /** The objects behind the records; a record that nobody holds any more takes its object with it. */
  private readonly objects = new WeakMap<object, DbObject>();

  /** Records of new runs that the database is not known to have, and whether a save has failed that it may have carried out. */
  private readonly unsaved = new WeakMap<object, boolean>();

  /** Fields that each model lacks, once they were looked for. */
  private readonly missing = new Map<string, ReadonlySet<string>>();

  private constructor(
    private readonly db: DbWithRecords,
    private readonly clock: Clock,
    private readonly redact: Redact
  ) {}

  /** The records, or undefined where the app's data model does not have both models. @param redact takes secrets out of errors of `db` */
  static find(db: unknown, clock: Clock, redact: Redact): DbRecordStore | undefined {
    const candidate = db as Partial<DbWithRecords> | null | undefined;
    const models = [candidate?.lock_run, candidate?.lock_run_batch];
    const isThere = models.every((model) => typeof model?.create === 'function') && candidate?.Batch !== undefined;
    return isThere ? new DbRecordStore(candidate as DbWithRecords, clock, redact) : undefined;
  }

  listMissingFields(): readonly MissingField[] {
    const missing = (['lock_run', 'lock_run_batch'] as const).flatMap((model) =>
      [...this.missingFrom(model)].map((field) => `${model}.${field}`)
    );
    return missing.map((name) => ({ name, isNeeded: NEEDED_FIELDS.includes(name) }));
  }

  newRun(): RunRecord {
    const run = this.read<RunRecord>(this.db.lock_run.create(), RUN_FIELDS);
    this.unsaved.set(run, false);
    return run;
  }

  newBatch(runRecordId: string): BatchRecord {
    return Object.assign(this.read<BatchRecord>(this.db.lock_run_batch.create(), BATCH_FIELDS), { runRecordId });
  }

  async findRuns(query: RunQuery, timeoutMs: number): Promise<readonly RunRecord[]> {
    const objects = await this.attempt('read', timeoutMs, () => whereRuns(this.db.lock_run, query).toArray());
    return objects.map((object) => this.read<RunRecord>(object, RUN_FIELDS)).filter((run) => isMeant(run, query));
  }

  async findWithBatches(beforeMs: number, limit: number, timeoutMs: number): Promise<readonly RunRecord[]> {
    const objects = await this.attempt('read', timeoutMs, () =>
      whereWithBatches(this.db.lock_run, beforeMs).limit(limit).toArray()
    );
    return objects.map((object) => this.read<RunRecord>(object, RUN_FIELDS));
  }

  async deleteBatches(batches: readonly BatchRecord[], timeoutMs: number): Promise<void> {
    await this.attempt('deleted', timeoutMs, () => {
      const batch = new this.db.Batch();
      for (const record of batches) batch.destroy(this.objectOf(record));
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
    return objects.map((object) => this.read<BatchRecord>(object, BATCH_FIELDS));
  }

  async save(records: readonly (RunRecord | BatchRecord)[], timeoutMs: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + timeoutMs;
    const unsaved = records.filter((record): record is RunRecord => this.unsaved.has(record));
    for (const run of unsaved) if (this.unsaved.get(run) === true) await this.adopt(run, untilMs);
    try {
      await this.attempt('written', this.leftMs(untilMs), () => {
        const batch = new this.db.Batch();
        for (const record of records) batch.save(this.write(record));
        return batch.execute();
      });
      for (const run of unsaved) this.unsaved.delete(run);
    } catch (error) {
      for (const run of unsaved) this.unsaved.set(run, true);
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
    if (object !== undefined) this.objects.set(run, object);
  }

  private leftMs(untilMs: number): number {
    return Math.max(1, untilMs - this.clock.monotonicMs());
  }

  private read<R extends RunRecord | BatchRecord>(object: DbObject, fields: Fields<R>): R {
    const values = Object.entries<string>(fields).map(([name, field]) => [name, fromDatabase(name, object[field])]);
    const record = { id: object.id, ...Object.fromEntries(values) } as R;
    this.objects.set(record, object);
    return record;
  }

  /** Fields that the app's copy of a model lacks. A new object that shows none of them says nothing about it. */
  private missingFrom(model: 'lock_run' | 'lock_run_batch'): ReadonlySet<string> {
    const known = this.missing.get(model);
    if (known !== undefined) return known;
    const object = this.db[model].create();
    const fields = Object.values<string>(model === 'lock_run' ? RUN_FIELDS : BATCH_FIELDS);
    const found = fields.filter((field) => !(field in object));
    const missing = new Set(found.length === fields.length ? [] : found);
    this.missing.set(model, missing);
    return missing;
  }

  private objectOf(record: RunRecord | BatchRecord): DbObject {
    const object = this.objects.get(record);
    if (object === undefined) throw new Error('The record is not one of this store.');
    return object;
  }

  private write(record: RunRecord | BatchRecord): DbObject {
    const known = { object: this.objectOf(record), fields: 'runRecordId' in record ? BATCH_FIELDS : RUN_FIELDS };
    const missing = this.missingFrom('runRecordId' in record ? 'lock_run_batch' : 'lock_run');
    for (const [name, field] of Object.entries<string>(known.fields as Readonly<Record<string, string>>)) {
      // A field that the model lacks: the client would lose the value without a word.
      if (missing.has(field) || NEVER_WRITTEN.includes(field)) continue;
      const value = (record as unknown as Readonly<Record<string, unknown>>)[name] ?? null;
      const clean = typeof value === 'string' ? escapeText(value) : value;
      const current = fromDatabase(name, known.object[field]);
      // The vendor's client sends a date or a relation again after every assignment (observed). Words that somebody typed into
      // the object stay theirs.
      if (current === value || current === clean) continue;
      known.object[field] = name.endsWith('Ms') && clean !== null ? new Date(clean as number) : clean;
    }
    return known.object;
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
