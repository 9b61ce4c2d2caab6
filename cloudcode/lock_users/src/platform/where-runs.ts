import { isObjectId } from '../input/user-ids';
import type { RunQuery } from '../ports';
import type { RunRecord } from '../records/RunRecord';

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
interface DbQuery {
  orderBy(field: string): DbQuery;
  limit(count: number): DbQuery;
  skip(count: number): DbQuery;
  toArray(): PromiseLike<readonly DbObject[]>;
}

/** Whether a run that was found is one of those that were looked for: a database that ignores the filter returns others as well. */
export function isMeant({ id, runId, startedAtMs, unlockAtMs }: RunRecord, query: RunQuery): boolean {
  if ('statuses' in query) return true;
  if ('startedFromMs' in query) return (startedAtMs ?? -Infinity) >= query.startedFromMs;
  if ('unlockAtFromMs' in query) return (unlockAtMs ?? -Infinity) >= query.unlockAtFromMs;
  return 'objectId' in query ? id === query.objectId : runId === query.runId || id === query.runId;
}

/** The query for runs. */
export function whereRuns(runs: DbCollection, query: RunQuery): DbQuery {
  if ('statuses' in query) return runs.where('status in ?', query.statuses);
  if ('startedFromMs' in query) return runs.where('started_at >= ?', new Date(query.startedFromMs));
  if ('unlockAtFromMs' in query) return runs.where('unlock_at >= ?', new Date(query.unlockAtFromMs));
  if ('objectId' in query) return runs.where('id = ?', query.objectId);
  // A run that was requested in the app has its object's id, which is a UUID.
  return isObjectId(query.runId)
    ? runs.where('run_id = ? or id = ?', query.runId, query.runId)
    : runs.where('run_id = ?', query.runId);
}
