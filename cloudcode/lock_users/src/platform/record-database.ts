import { isObjectId } from '../input/user-ids';
import type { RunRecord } from '../records/RunRecord';
import type { RunQuery } from '../ports';

/** An object of `DB`: its fields are properties, dates and times are of type Date (vendor's library). */
export interface DbObject {
  readonly id: string;
  [field: string]: unknown;
}

/** The part of a `DB` collection that is used here, as documented ("Querying DB objects", docs.journeyapps.com). */
export interface DbCollection {
  create(): DbObject;
  where(text: string, ...values: unknown[]): DbQuery;
}

/** The part of a `DB` query that is used here. */
export interface DbQuery {
  orderBy(field: string): DbQuery;
  limit(count: number): DbQuery;
  skip(count: number): DbQuery;
  toArray(): PromiseLike<readonly DbObject[]>;
}

/** The part of the `DB` global that is used here ("Batch API (CloudCode)", docs.journeyapps.com). */
export interface DbWithRecords {
  readonly lock_run: DbCollection;
  readonly lock_run_batch: DbCollection;
  readonly Batch: new () => {
    save(object: DbObject): void;
    destroy(object: DbObject): void;
    execute(): PromiseLike<unknown>;
  };
}

/** A database that ignores the filter by id returns other runs as well. */
export function isMeant({ id, runId, unlockAtMs }: RunRecord, query: RunQuery): boolean {
  if ('statuses' in query || 'startedSinceMs' in query) return true;
  if ('unlockAtFromMs' in query) return (unlockAtMs ?? -Infinity) >= query.unlockAtFromMs;
  return 'objectId' in query ? id === query.objectId : runId === query.runId || id === query.runId;
}

/** The objects of those runs; of others as well, where the database ignores the filter by id. */
export function whereRuns(runs: DbCollection, query: RunQuery): DbQuery {
  if ('statuses' in query) return runs.where('status in ?', query.statuses);
  if ('startedSinceMs' in query) return runs.where('started_at >= ?', new Date(query.startedSinceMs));
  if ('unlockAtFromMs' in query) return runs.where('unlock_at >= ?', new Date(query.unlockAtFromMs));
  if ('objectId' in query) return runs.where('id = ?', query.objectId);
  // A run that was requested in the app has its object's id, which is a UUID.
  return isObjectId(query.runId)
    ? runs.where('run_id = ? or id = ?', query.runId, query.runId)
    : runs.where('run_id = ?', query.runId);
}

/** The objects of runs that ended before then and have their batches, the oldest first. That a field without a value is compared with null is observed. */
export function whereWithBatches(runs: DbCollection, beforeMs: number): DbQuery {
  return runs.where('finished_at < ? and batches_deleted_at = ?', new Date(beforeMs), null).orderBy('finished_at');
}

/** What a field of an object holds, as the record's property of that name does: null where it holds nothing, a moment in milliseconds. */
export function fromDatabase(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  // The API shows a boolean as `{ key, display }` (documented), and the client its key.
  if (name === 'stopRequested') return value === true || (value as { readonly key?: unknown }).key === true;
  return name.endsWith('Ms') ? new Date(value as Date | string).getTime() : value;
}
