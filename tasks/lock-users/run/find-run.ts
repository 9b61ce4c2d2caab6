import { findRuns } from '../../../cloudcode/lock_users/src/records/find-runs';
import type { RecordStatus, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RecordStore } from '../../../cloudcode/lock_users/src/ports';
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
 * The records of all runs, the newest first; those that have not begun come before all others.
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
  return [...found].sort((a, b) => (b.startedAtMs ?? Infinity) - (a.startedAtMs ?? Infinity));
}

/**
 * The record of a run; that of the newest for "last".
 *
 * @throws UsageError where there is none
 */
export async function findRun(connection: Connection, runId: string): Promise<RunRecord> {
  const records = needRecords(connection);
  const [run] =
    runId === 'last' ? await readAllRuns(connection) : await findRuns(connection.openContext(), records, { runId });
  if (run !== undefined) return run;
  throw new UsageError(`There is no run ${JSON.stringify(runId)}. "lock-users runs" lists them.`);
}
