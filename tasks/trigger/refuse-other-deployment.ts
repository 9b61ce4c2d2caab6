import { parseSettings } from '../../cloudcode/lock_users/src/input/settings';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import { adviseHere } from '../lock-users/advise-here';
import type { RemoteDeployment } from '../shared/settings/Settings';

/** Milliseconds in which the deployment has to say what it is. */
const TIMEOUT_MS = 30_000;

/**
 * Asks a deployment which environment it is: a task that runs against another than its `.journeyrc` entry means would lock its users.
 *
 * @param name the name of the entry
 * @throws Error where it does not answer, says something else, or the entry does not say what is meant
 */
export async function refuseOtherDeployment(
  name: string,
  { backendUrl, tokenVariable, environment }: RemoteDeployment,
  token: string
): Promise<void> {
  const found = await readEnvironment(backendUrl, token, tokenVariable);
  if (environment?.toLowerCase() === found.toLowerCase()) return;
  const meant =
    environment === undefined
      ? `.journeyrc does not say which environment "${name}" is`
      : `.journeyrc means the environment "${environment}" by "${name}"`;
  const mend =
    environment === undefined
      ? `If that is the right one, put "environment": "${found}" into its entry.`
      : 'Choose the right deployment, or correct its entry.';
  throw new Error(`${meant}, and the deployment itself says "${found}". ${mend} Nothing was started.`);
}

async function readEnvironment(backendUrl: string, token: string, tokenVariable: string): Promise<string> {
  try {
    const settings = parseSettings({ JOURNEY_BACKEND_URL: backendUrl, JOURNEY_API_TOKEN: token });
    return (await new HttpBackendApi(settings, systemClock).readDeployment(TIMEOUT_MS)).environment ?? 'nothing';
  } catch (error) {
    if (!(error instanceof LockUsersError)) throw error;
    const sources = { address: '"backendUrl" in .journeyrc', token: `the variable ${tokenVariable}` };
    const { message, nextStep } = adviseHere(error, { sources }).details;
    throw new Error(`${message} ${nextStep} Nothing was started.`);
  }
}
