import { escapeText } from '../outside-text';
import type { BatchRecord, RunRecord } from '../records/RunRecord';
import { fromDatabase } from './record-database';
import type { DbObject, DbWithRecords } from './record-database';
import { BATCH_FIELDS, NEVER_WRITTEN, RUN_FIELDS, SET_BY_PEOPLE } from './record-fields';
import type { Fields } from './record-fields';

type AnyRecord = RunRecord | BatchRecord;

/** The objects of `DB` behind the records of runs, and what has to be written into them. */
export class RecordObjects {
  /** A record that nobody holds any more takes its object with it. */
  private readonly objects = new WeakMap<AnyRecord, DbObject>();

  /** What was assigned since the last save that succeeded: by field, a value that it had or got and that is not null. */
  private readonly assigned = new WeakMap<AnyRecord, Map<string, unknown>>();

  /**
   * Records of which a save has failed that may be carried out yet, over newer values; and a late answer to it makes the client take all of
   * the object for saved, newer values included (observed). So all that was assigned since is written again.
   */
  private readonly inDoubt = new WeakSet<AnyRecord>();

  /** Fields that each model lacks, once they were looked for. */
  private readonly missing = new Map<string, ReadonlySet<string>>();

  constructor(private readonly db: DbWithRecords) {}

  /** The record of a run's object. */
  readRun(object: DbObject): RunRecord {
    return this.read<RunRecord>(object, RUN_FIELDS);
  }

  /** The record of a batch's object. */
  readBatch(object: DbObject): BatchRecord {
    return this.read<BatchRecord>(object, BATCH_FIELDS);
  }

  /** @throws Error where the record was not read from an object, a defect */
  objectOf(record: AnyRecord): DbObject {
    const object = this.objects.get(record);
    if (object === undefined) throw new Error('The record is not one of this store.');
    return object;
  }

  /** Has the run's record written into this object from now on. What people may have changed in it holds. */
  replaceObject(record: RunRecord, object: DbObject): void {
    this.objects.set(record, object);
    for (const name of SET_BY_PEOPLE) {
      const field = RUN_FIELDS[name];
      if (field in object) record[name] = fromDatabase(name, object[field]) as RunRecord[typeof name];
    }
  }

  /** The record's object, with what has changed in the record assigned to it. @param isAll also what failed saves may yet write over */
  write(record: AnyRecord, isAll: boolean): DbObject {
    const repeats = isAll && this.inDoubt.has(record);
    const object = this.objectOf(record);
    const isBatch = 'runRecordId' in record;
    const missing = this.listMissing(isBatch ? 'lock_run_batch' : 'lock_run');
    const assigned = this.assigned.get(record) ?? new Map<string, unknown>();
    this.assigned.set(record, assigned);
    for (const [name, field] of Object.entries<string>(isBatch ? BATCH_FIELDS : RUN_FIELDS)) {
      // A field that the model lacks: the client would lose the value without a word.
      if (missing.has(field) || NEVER_WRITTEN.includes(field)) continue;
      const value = (record as unknown as Readonly<Record<string, unknown>>)[name] ?? null;
      const current = fromDatabase(name, object[field]);
      // What the object has is clean, and lists of ids are long.
      const clean = typeof value === 'string' && value !== current ? escapeText(value) : value;
      const written = name.endsWith('Ms') && clean !== null ? new Date(clean as number) : clean;
      // The vendor's client sends a date or a relation again after every assignment (observed). Words that somebody typed into
      // the object stay theirs.
      if (current !== value && current !== clean) assigned.set(field, written ?? object[field]);
      else if (!repeats || !assigned.has(field) || (SET_BY_PEOPLE as readonly string[]).includes(name)) continue;
      // To the client a value that stays the same is no change.
      else object[field] = written === null ? assigned.get(field) : null;
      object[field] = written;
    }
    return object;
  }

  /** The database has what was written. */
  noteSaved(record: AnyRecord): void {
    if (!this.inDoubt.has(record)) this.assigned.delete(record);
  }

  /** Whether what was written may get into the database later. */
  isInDoubt(record: AnyRecord): boolean {
    return this.inDoubt.has(record);
  }

  /** What was written may get into the database later. */
  noteInDoubt(record: AnyRecord): void {
    this.inDoubt.add(record);
  }

  /** Fields that the app's copy of a model lacks. A new object that shows none of them says nothing about it. */
  listMissing(model: 'lock_run' | 'lock_run_batch'): ReadonlySet<string> {
    const known = this.missing.get(model);
    if (known !== undefined) return known;
    const object = this.db[model].create();
    const fields = Object.values<string>(model === 'lock_run' ? RUN_FIELDS : BATCH_FIELDS);
    const found = fields.filter((field) => !(field in object));
    const missing = new Set(found.length === fields.length ? [] : found);
    this.missing.set(model, missing);
    return missing;
  }

  private read<R extends AnyRecord>(object: DbObject, fields: Fields<R>): R {
    const values = Object.entries<string>(fields).map(([name, field]) => [name, fromDatabase(name, object[field])]);
    const record = { id: object.id, ...Object.fromEntries(values) } as R;
    this.objects.set(record, object);
    return record;
  }
}
