import { findBackend } from './backend-access';
import { readVariable } from './read-variable';
import type { Environment } from './read-variable';
import { Secret } from './Secret';
import type { Redact } from './Secret';

/**
 * Takes every secret that the task knows of out of a text, right or wrong: `DB` may have another token than the requests.
 *
 * @param runtime what the task was called on
 */
export function redactSecrets(environment: Environment, runtime: unknown): Redact {
  const values = [
    readVariable(environment, 'JOURNEY_API_TOKEN'),
    readVariable(environment, 'LOCK_USERS_WEB_SECRET'),
    findBackend(runtime)?.token
  ];
  const secrets = values.flatMap((value) => (value === undefined ? [] : new Secret(value)));
  return (text) => secrets.reduce((rest, { redact }) => redact(rest), text);
}
