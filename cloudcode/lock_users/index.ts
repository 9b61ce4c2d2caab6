import { randomUUID } from 'crypto';
import { CloudCodeQueue } from './src/adapters/CloudCodeQueue';
import { consoleLog } from './src/adapters/console-log';
import { DbUserSource } from './src/adapters/DbUserSource';
import { HttpBackendApi } from './src/adapters/HttpBackendApi';
import { readEnvironment } from './src/adapters/read-environment';
import { systemClock } from './src/adapters/system-clock';
import type { Report } from './src/core/build-report';
import { parseParameters } from './src/core/parse-parameters';
import { runLockUsers } from './src/run-lock-users';

export type { Report } from './src/core/build-report';

/** The platform's database global; read with `typeof`, because a runtime without it must get a clear error. */
declare const DB: unknown;

/** The platform's global for ordering tasks. */
declare const CloudCode: unknown;

/**
 * Locks the selected users of the app and keeps the data on their devices. Called by the platform for the OXIDE test
 * action, webhooks, schedules, and other tasks.
 *
 * @param params see the README; `undefined`, `null` and `{}` select everybody
 * @returns the report, also when the run failed
 * @throws LockUsersError `INVALID_PARAMETERS` or `INVALID_SETTINGS`, before any request
 */
export async function run(params?: unknown): Promise<Report> {
  const parameters = parseParameters(params);
  const settings = readEnvironment();
  return runLockUsers(settings, parameters, {
    backend: new HttpBackendApi(settings, systemClock),
    userSource: new DbUserSource(typeof DB === 'undefined' ? undefined : DB, settings.userModel, systemClock),
    queue: CloudCodeQueue.find(typeof CloudCode === 'undefined' ? undefined : CloudCode),
    random: Math.random,
    clock: systemClock,
    log: consoleLog,
    newRunId: randomUUID
  });
}
