import { isWebSecret, parseSettings } from '../input/settings';
import type { Settings } from '../input/settings';
import { Secret } from '../input/Secret';

/**
 * The deployment's settings. This file is the one place that reads the process's environment.
 *
 * @param runtime what the task was called on
 * @throws LockUsersError `INVALID_SETTINGS`
 */
export function readEnvironment(runtime: unknown): Settings {
  return parseSettings(process.env, runtime);
}

/** The secret of web requests, or undefined where there is none that is long enough. */
export function readWebSecret(): Secret | undefined {
  const value = process.env['LOCK_USERS_WEB_SECRET']?.trim() ?? '';
  return isWebSecret(value) ? new Secret(value) : undefined;
}
