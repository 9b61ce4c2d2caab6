import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkAddress, checkToken } from '../../cloudcode/lock_users/src/input/backend-access';
import type { BackendAccess } from '../../cloudcode/lock_users/src/input/backend-access';
import type { Checked } from '../../cloudcode/lock_users/src/input/Check';
import { SettingsError, UsageError } from '../shared/command-errors';
import { chooseDeployment, loadSettings } from '../shared/settings/load-settings';
import { isRemote } from '../shared/settings/Settings';
import type { LocalDeployment, RemoteDeployment } from '../shared/settings/Settings';
import { findRunningPlatform } from '../local/running-platform-file';
import type { RunningPlatformNote } from '../local/running-platform-file';
import type { Invocation } from './Invocation';

/** A setting, and where its value comes from. */
export interface Value {
  readonly value: string | undefined;
  readonly origin: string;
}

/** The settings of a command, not checked yet. */
export interface TargetValues {
  readonly deployment: Value;
  readonly backendUrl: Value;
  readonly tokenVariable: Value;
  /** What `info.json` has to say. */
  readonly environment: Value;
  /** The token itself; never shown. */
  readonly token: Value;
  /** `LOCK_USERS_…` of `.journeyrc`, which count with `--direct` alone. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it is the platform of `npm run local`. */
  readonly isLocal: boolean;
}

/** The deployment that a command works on. */
export interface Target {
  readonly access: BackendAccess;
  readonly environment: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly isLocal: boolean;
  /** Where the address and the token come from, as words for "Check …". */
  readonly sources: { readonly address: string; readonly token: string };
}

const NOT_SET = 'not set';
const LOCAL = 'npm run local';

/**
 * Reads the settings: a flag before an environment variable before `.journeyrc` before a default.
 *
 * @throws SettingsError where `.journeyrc` is wrong
 */
export async function readTargetValues({ io, options, hide }: Invocation): Promise<TargetValues> {
  const { environment: variablesHere } = io;
  const pick = (
    flag: string | undefined,
    variable: string,
    ...others: readonly (readonly [unknown, string])[]
  ): Value => {
    const candidates = [[flag, 'flag'], [variablesHere[variable], `environment (${variable})`], ...others] as const;
    const [value, origin] = candidates.find(([candidate]) => candidate !== undefined && candidate !== '') ?? [];
    return { value: value as string | undefined, origin: origin ?? NOT_SET };
  };
  const file = readFile(io.root);
  const deployment = pick(options.deployment, 'LOCK_USERS_CLI_DEPLOYMENT', [file?.default, '.journeyrc']);
  const found = file?.choose(deployment.value);
  const remote = found !== undefined && isRemote(found) ? found : undefined;
  const flagUrl = pick(options.backendUrl, 'LOCK_USERS_CLI_BACKEND_URL', [remote?.backendUrl, '.journeyrc']);
  const isLocal = found !== undefined && remote === undefined && flagUrl.value === undefined;
  const platform = isLocal ? findPlatform(io.root) : undefined;
  const tokenVariable = pick(options.tokenVariable, 'LOCK_USERS_CLI_TOKEN_VARIABLE', [
    remote?.tokenVariable,
    '.journeyrc'
  ]);
  const token = await readToken();
  hide(token.value);
  return {
    deployment,
    backendUrl: isLocal ? { value: platform?.url, origin: LOCAL } : flagUrl,
    tokenVariable,
    environment: pick(options.environment, 'LOCK_USERS_CLI_ENVIRONMENT', [remote?.environment, '.journeyrc']),
    token,
    variables: found?.variables ?? {},
    isLocal
  };

  async function readToken(): Promise<Value> {
    if (options.tokenStdin === true) return { value: (await io.readInput()).trim(), origin: 'standard input' };
    const name = tokenVariable.value;
    if (name !== undefined) {
      const value = variablesHere[name];
      return { value: value === '' ? undefined : value, origin: value ? `environment (${name})` : NOT_SET };
    }
    return platform === undefined ? { value: undefined, origin: NOT_SET } : { value: platform.token, origin: LOCAL };
  }
}

/**
 * The deployment that the command works on.
 *
 * @throws SettingsError with a line for each mistake; the token is never repeated
 */
export async function readTarget(invocation: Invocation): Promise<Target> {
  const values = await readTargetValues(invocation);
  const { backendUrl, token, tokenVariable, environment, variables, isLocal } = values;
  const mistakes: string[] = [];
  const take = <T>(checked: Checked<T>): T | undefined => {
    if ('value' in checked) return checked.value;
    mistakes.push(...checked.mistakes);
    return undefined;
  };
  if (backendUrl.value === undefined) {
    const missing = isLocal
      ? 'The local platform is not running. Start it with "npm run local" in another terminal.'
      : 'No deployment is named: there is no .journeyrc here. Give --backend-url and --token-variable.';
    throw new SettingsError(missing);
  }
  const address = take(checkAddress(backendUrl.value, 'The address'));
  if (token.value === undefined) {
    mistakes.push(
      tokenVariable.value === undefined
        ? 'No token: name the environment variable that holds it (--token-variable), or give --token-stdin.'
        : `The variable ${tokenVariable.value} is not set. It has to hold the deployment's token; or give --token-stdin.`
    );
  }
  const secret = token.value === undefined ? undefined : take(checkToken(token.value, 'The token'));
  if (address === undefined || secret === undefined) throw new SettingsError(mistakes.join('\n'));
  return {
    access: { ...address, token: secret, authScheme: 'Bearer' },
    environment: environment.value,
    variables,
    isLocal,
    sources: describeSources(values)
  };
}

function describeSources({ backendUrl, token, tokenVariable }: TargetValues): Target['sources'] {
  const addresses: Readonly<Record<string, string>> = {
    flag: '--backend-url',
    '.journeyrc': '"backendUrl" in .journeyrc'
  };
  const isVariable = token.origin === `environment (${tokenVariable.value ?? ''})`;
  return {
    address: addresses[backendUrl.origin] ?? `the address of ${backendUrl.origin}`,
    token: isVariable ? `the variable ${tokenVariable.value ?? ''}` : `the token of ${token.origin}`
  };
}

interface SettingsFile {
  readonly default: string;
  choose(name: string | undefined): LocalDeployment | RemoteDeployment;
}

function readFile(root: string): SettingsFile | undefined {
  if (!existsSync(join(root, '.journeyrc'))) return undefined;
  const settings = orExplain(() => loadSettings(root));
  return {
    default: settings.default,
    choose(name) {
      try {
        return chooseDeployment(settings, name);
      } catch (error) {
        throw new UsageError((error as Error).message);
      }
    }
  };
}

function orExplain<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SettingsError((error as Error).message);
  }
}

function findPlatform(root: string): RunningPlatformNote | undefined {
  try {
    return findRunningPlatform(root);
  } catch {
    return undefined;
  }
}
