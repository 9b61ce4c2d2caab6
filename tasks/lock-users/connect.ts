import { randomUUID } from 'node:crypto';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { parseSettings } from '../../cloudcode/lock_users/src/input/settings';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import { DbRecordStore } from '../../cloudcode/lock_users/src/platform/DbRecordStore';
import { DbUserSource } from '../../cloudcode/lock_users/src/platform/DbUserSource';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { BackendApi, DeploymentInfo, RecordStore, UserSource } from '../../cloudcode/lock_users/src/ports';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import type { RunContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { connectDatabase } from '../local/runtime/db/connect-database';
import type { Database } from '../local/runtime/db/connect-database';
import { SettingsError } from '../shared/command-errors';
import { adviseHere } from './advise-here';
import type { Invocation } from './Invocation';
import type { Target } from './read-target';

/** Milliseconds in which a command may read: as good as no limit, because no platform stops it. */
const READING_BUDGET_MS = 86_400_000;

/** Milliseconds for one request, as in a run. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** A deployment that a command talks to, by the same means as the task does. */
export interface Connection {
  readonly target: Target;
  readonly settings: Settings;
  readonly db: Database;
  readonly backend: BackendApi;
  readonly userSource: UserSource;
  /** Undefined where the app has no models for it. */
  readonly records: RecordStore | undefined;
  /** What reads are made with: they are paced and repeated as in a run. */
  openContext(): RunContext;
  /** How many requests of all these contexts were answered with 429. */
  countThrottled(): number;
}

/**
 * Prepares to talk to the deployment; the data model alone is read.
 *
 * @throws LockUsersError `INVALID_SETTINGS` where `variables` in `.journeyrc` are wrong
 */
export async function connect(target: Target, { io, say }: Invocation): Promise<Connection> {
  const settings = { ...readSettings(target), budgetMs: READING_BUDGET_MS };
  const backend = new HttpBackendApi(settings, io.clock);
  const db = await connectDatabase({ url: settings.backendUrl, token: settings.token.reveal() });
  const userSource = new DbUserSource(db, settings.userModel, io.clock, settings.token.redact);
  const records = DbRecordStore.find(db, io.clock, settings.token.redact);
  const contexts: RunContext[] = [];
  const ports = {
    backend,
    userSource,
    records,
    queue: undefined,
    clock: io.clock,
    random: Math.random,
    log: { line: say },
    newRunId: randomUUID
  };
  return {
    target,
    settings,
    db,
    backend,
    userSource,
    records,
    openContext() {
      const context = createContext(settings, parseParameters({ dryRun: true }), ports);
      contexts.push(context);
      return context;
    },
    countThrottled: () => contexts.reduce((sum, { sender }) => sum + sender.requests.rateLimited, 0)
  };
}

function readSettings(target: Target): Settings {
  try {
    return parseSettings(taskEnvironment(target));
  } catch (error) {
    throw error instanceof LockUsersError ? adviseHere(error, target) : error;
  }
}

/** The variables that the task gets where it runs on this machine. */
export function taskEnvironment({ access, variables }: Target): Readonly<Record<string, string>> {
  // "none" says that nobody is meant to be protected; the task knows an empty list.
  const isNone = variables['LOCK_USERS_PROTECTED']?.trim() === 'none';
  return {
    ...variables,
    ...(isNone && { LOCK_USERS_PROTECTED: '' }),
    JOURNEY_BACKEND_URL: access.backendUrl,
    JOURNEY_API_TOKEN: access.token.reveal()
  };
}

/**
 * Asks which deployment it is.
 *
 * @throws LockUsersError where it does not answer
 */
export async function readDeployment({ target, backend, openContext }: Connection): Promise<DeploymentInfo> {
  const read = (timeoutMs: number): Promise<DeploymentInfo> => backend.readDeployment(timeoutMs);
  try {
    return await read(REQUEST_TIMEOUT_MS).catch((error: unknown) => {
      // A wrong address or token is said at once; what passes is waited for.
      if (!isPassing(error)) throw error;
      return openContext().sender.read('info', read);
    });
  } catch (error) {
    throw error instanceof LockUsersError ? adviseHere(error, target) : error;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof LockUsersError && ['BACKEND_RATE_LIMITED', 'BACKEND_UNAVAILABLE'].includes(error.code);
}

/** Why the deployment is not the one that the settings mean; undefined where it is. */
export function findOtherEnvironment(
  { environment, isLocal }: Target,
  info: Pick<DeploymentInfo, 'environment' | 'label'>
): string | undefined {
  const found = info.environment ?? 'nothing';
  if (environment === undefined) {
    return isLocal
      ? undefined
      : `The settings do not say which environment is meant. This deployment ("${info.label ?? ''}") says "${found}": put "environment": "${found}" into its .journeyrc entry, or give --environment ${found}.`;
  }
  return environment.toLowerCase() === found.toLowerCase()
    ? undefined
    : `The settings mean the environment "${environment}", and this deployment ("${info.label ?? ''}") says "${found}". Choose the right deployment, or correct "environment".`;
}

/** @throws SettingsError where the deployment is not the one that the settings mean */
export function refuseOtherEnvironment(target: Target, info: DeploymentInfo): void {
  const other = findOtherEnvironment(target, info);
  if (other !== undefined) throw new SettingsError(`${other} Nothing was sent.`);
}
