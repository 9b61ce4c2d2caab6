import { parseSettings } from '../core/parse-settings';
import type { Settings } from '../core/parse-settings';

/**
 * The deployment's settings: the one place that reads the process's environment.
 *
 * @throws LockUsersError `INVALID_SETTINGS`
 */
export function readEnvironment(): Settings {
  return parseSettings(process.env);
}
