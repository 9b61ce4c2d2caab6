import type { RunQuery } from '../../../cloudcode/lock_users/src/ports';
import type { Connection } from '../connect';
import { databaseFailed, readObjects } from '../read-objects';

/** The field of `lock_run` by which somebody asks a run to stop. */
const STOP_FIELD = 'stop_requested';

/**
 * Asks a run to stop, in its record.
 *
 * @returns false where the app's copy of the model has no field for it, or there is no such run
 * @throws LockUsersError where the record cannot be read or written
 */
export async function requestStop(connection: Connection, query: RunQuery): Promise<boolean> {
  const { lock_run: runs } = connection.db;
  if (runs?.type.findField(STOP_FIELD) === undefined) return false;
  if (!('objectId' in query) && !('runId' in query)) return false;
  const wanted = 'objectId' in query ? runs.where('id = ?', query.objectId) : runs.where('run_id = ?', query.runId);
  const [run] = await readObjects(connection, wanted);
  if (run === undefined) return false;
  run[STOP_FIELD] = true;
  try {
    await run.save();
  } catch (error) {
    throw databaseFailed('The run could not be asked to stop', error, connection.settings);
  }
  return true;
}
