import { SettingsError, UsageError } from '../../shared/command-errors';
import type { Connection } from '../connect';
import { databaseFailed } from '../read-objects';

/**
 * Bytes of JSON that the parameters of a run may have: the platform takes 5 MB for a task (documented: CloudCode overview), and the task
 * adds to them when it goes on.
 */
const MAX_PARAMETER_BYTES = 4_900_000;

/**
 * Has the deployed task carry out a run: creates an object of `lock_run`, whose webhook starts it.
 *
 * @returns the object's id, which is the run's
 * @throws SettingsError where the app has no such model
 * @throws UsageError where the parameters are more than the platform takes
 */
export async function requestRun({ db, records, settings }: Connection, parameters: object): Promise<string> {
  const { lock_run: runs } = db;
  if (records === undefined || runs === undefined) {
    throw new SettingsError(
      'The app has no models lock_run and lock_run_batch, so nothing can be started there. Run "lock-users install" and deploy the app, or use --direct.'
    );
  }
  const json = JSON.stringify(parameters);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_PARAMETER_BYTES) {
    throw new UsageError(
      `The users make ${(bytes / 1e6).toFixed(1)} MB of parameters, and the platform takes 5 MB. Nothing was sent. Use --direct, split the file, or select with --where.`
    );
  }
  const run = runs.create();
  run['status'] = 'requested';
  run['parameters'] = json;
  try {
    await run.save();
  } catch (error) {
    throw databaseFailed('The run could not be requested', error, settings);
  }
  return run.id;
}
