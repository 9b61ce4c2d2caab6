import { escapeText } from '../../../cloudcode/lock_users/src/outside-text';
import { findRuns } from '../../../cloudcode/lock_users/src/records/find-runs';
import { hasEnded, holdsLease } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RecordStatus, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RecordStore } from '../../../cloudcode/lock_users/src/ports';
import { OBJECT_ID } from '../../local/backend/state/field-values';
import { SettingsError, UsageError } from '../../shared/command-errors';
import type { Connection } from '../connect';

/** Statuses of a record, where the data model does not list them. The compiler asks for each. */
const STATUSES = Object.keys({
  requested: true,
  starting: true,
  running: true,
  continues: true,
  interrupted: true,
  planned: true,
  done: true,
  partial: true,
  refused: true,
  stopped: true,
  stalled: true,
  failed: true
} satisfies Record<RecordStatus, true>) as RecordStatus[];

/** @throws SettingsError where the app keeps no records */
function needRecords({ records }: Connection): RecordStore {
  if (records !== undefined) return records;
  throw new SettingsError(
    'The app has no models lock_run and lock_run_batch, so it keeps no runs. Run "lock-users install" and deploy the app.'
  );
}

/**
 * The records of all runs, the newest first; those that wait to be begun come before all others. A run that was refused before it began
 * counts from when it ended.
 *
 * @throws SettingsError where the app keeps none; LockUsersError where they cannot be read
 */
export async function readAllRuns(connection: Connection): Promise<readonly RunRecord[]> {
  const records = needRecords(connection);
  const { lock_run: model } = connection.db;
  // Whatever statuses the app's copy of the model has.
  const keys = model?.type.findField('status')?.options?.map(({ key }) => key) ?? [];
  const statuses = keys.length > 0 ? (keys as RecordStatus[]) : STATUSES;
  const found = await connection
    .openContext()
    .sender.read('record', (timeoutMs) => records.findRuns({ statuses }, timeoutMs));
  return [...found].sort(compareByAge);
}

/**
 * The newest first. Times may have whole seconds: of two runs of one second that which keeps users out counts as the newer, and else
 * that which may have changed users.
 */
function compareByAge(a: RunRecord, b: RunRecord): number {
  if (timeOf(a) !== timeOf(b)) return timeOf(b) - timeOf(a);
  return endOf(b) - endOf(a) || weightOf(b) - weightOf(a);
}

function weightOf({ action, status, startedAtMs, undoneBy }: RunRecord): number {
  if (status === 'planned' || status === 'refused' || startedAtMs === null) return 0;
  return action === 'lock' && undoneBy === null ? 2 : 1;
}

function timeOf(run: RunRecord): number {
  return run.startedAtMs ?? run.finishedAtMs ?? (hasEnded(run) ? 0 : Infinity);
}

function endOf({ finishedAtMs }: RunRecord): number {
  return finishedAtMs ?? Number.MAX_SAFE_INTEGER;
}

/**
 * The last run: the one that is at work, else the newest that has begun or ended; undefined where there is none.
 *
 * @param runs the newest first
 */
export function chooseLast(runs: readonly RunRecord[], nowMs: number): RunRecord | undefined {
  return runs.find((run) => holdsLease(run, nowMs)) ?? runs.find((run) => timeOf(run) !== Infinity) ?? runs[0];
}

/**
 * The run that somebody means who stops the last one: the one that is at work, else the newest that has begun and not ended, else the
 * only one that waits to be begun; undefined where every run has ended.
 *
 * @param runs the newest first
 * @throws UsageError where several wait
 */
export function chooseUnended(runs: readonly RunRecord[], nowMs: number): RunRecord | undefined {
  const unended = runs.filter((run) => !hasEnded(run));
  const hasBegun = unended.some((run) => timeOf(run) !== Infinity);
  if (hasBegun || unended.length <= 1) return chooseLast(unended, nowMs);
  throw new UsageError(
    `${unended.length} runs wait to be begun. Name the one that is meant: ${unended.map((run) => escapeText(nameRun(run))).join(', ')}.`
  );
}

/** What a run is called: the object's id until it has begun. */
export function nameRun({ runId, id }: RunRecord): string {
  return runId ?? id;
}

/**
 * The record of a run; for "last" the one that is at work, else the newest.
 *
 * @throws UsageError where there is none
 */
export async function findRun(connection: Connection, runId: string, nowMs: number): Promise<RunRecord> {
  const records = needRecords(connection);
  const run =
    runId === 'last' ? chooseLast(await readAllRuns(connection), nowMs) : await findNamed(connection, records, runId);
  if (run !== undefined) return run;
  throw new UsageError(`There is no run ${JSON.stringify(runId)}. "lock-users runs" lists them.`);
}

async function findNamed(connection: Connection, records: RecordStore, runId: string): Promise<RunRecord | undefined> {
  const [run] = await findRuns(connection.openContext(), records, { runId });
  if (run !== undefined || !OBJECT_ID.test(runId)) return run;
  // Until a run has begun its record has no other name than the object's id.
  const [waiting] = await findRuns(connection.openContext(), records, { objectId: runId });
  return waiting;
}
