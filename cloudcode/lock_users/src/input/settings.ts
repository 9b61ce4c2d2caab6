import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { Pace } from '../requests/TokenBucket';
import { joinMistakes } from './Check';
import type { Definition } from './Check';
import { findBackend, findMissingAccess } from './backend-access';
import type { BackendAccess } from './backend-access';
import type { LockWindow } from './lock-window';
import type { Parameters } from './parameters';
import { readVariable } from './read-variable';
import type { Environment } from './read-variable';
import type { Secret } from './Secret';
import { checkWebSecret } from './variable-checks';
import { findNameMistake } from './variable-names';
import { VARIABLES } from './variables';
import type { VariableName } from './variables';
import type { WhereClause } from './where';

/** What the deployment's environment variables say, checked. */
export interface Settings extends BackendAccess {
  /** Whether an object of `lock_run` starts a run. */
  readonly webhook: boolean;
  /** False: every trigger only plans. */
  readonly armed: boolean;
  /** Users that are never locked. */
  readonly protectedIds: readonly string[];
  /** Users that match it are never locked, either. */
  readonly protectedWhere?: WhereClause | undefined;
  /** Users that match it are never unlocked. */
  readonly stayOutWhere?: WhereClause | undefined;
  /** Users that a lock run sends first where they are planned; default: nobody in particular. */
  readonly canaryIds?: readonly string[];
  /** Whether a run finds out if the platform unlocks users in batches. Default: `off`. */
  readonly batchUnlock?: 'try' | 'off';
  /** A run that would change more is refused; undefined: no limit. */
  readonly maxUsers?: number | undefined;
  /** When lock runs may begin; undefined: at any time. */
  readonly window?: LockWindow | undefined;
  /** The parameters of a run that is started without any; undefined: everybody by default. */
  readonly defaults?: Parameters | undefined;
  /** Days after which the batches of a run may be deleted. Default: 0, never. */
  readonly keepDays?: number | undefined;
  /** Name of the app's user model in `DB`. */
  readonly userModel: string;
  /** How fast requests may leave, reads included. */
  readonly pace: Pace;
  /** Milliseconds of an invocation in which requests may leave. */
  readonly budgetMs: number;
}

/**
 * Checks the deployment's environment variables; an empty one counts as not set.
 *
 * @param runtime what the task was called on: where neither the address nor the token is set, its `backend` has both
 *   (seen in a sample of the vendor's staff, not documented)
 * @throws LockUsersError `INVALID_SETTINGS`, naming every mistake at once, and never a value that may be a token.
 */
export function parseSettings(environment: Environment, runtime?: unknown): Settings {
  const mistakes = Object.keys(environment).flatMap((name) => findNameMistake(name, Object.keys(VARIABLES)) ?? []);

  function take<T, Default extends T | undefined>(
    name: VariableName,
    { check, default: defaultValue }: Definition<T, Default>,
    value = readVariable(environment, name)
  ): T | Default {
    if (value === undefined) return defaultValue;
    const checked = check(value, name);
    if ('value' in checked) return checked.value;
    mistakes.push(...checked.mistakes);
    return defaultValue;
  }

  const isSet = (['JOURNEY_BACKEND_URL', 'JOURNEY_API_TOKEN'] as const).some(
    (name) => readVariable(environment, name) !== undefined
  );
  const ownBackend = isSet ? undefined : findBackend(runtime);
  if (ownBackend === undefined) mistakes.push(...findMissingAccess((name) => readVariable(environment, name)));
  const address = take('JOURNEY_BACKEND_URL', VARIABLES.JOURNEY_BACKEND_URL, ownBackend?.url);
  const token = take('JOURNEY_API_TOKEN', VARIABLES.JOURNEY_API_TOKEN, ownBackend?.token);
  const webhook = take('LOCK_USERS_WEBHOOK', VARIABLES.LOCK_USERS_WEBHOOK);
  const armed = take('LOCK_USERS_ARMED', VARIABLES.LOCK_USERS_ARMED);
  const protectedIds = take('LOCK_USERS_PROTECTED', VARIABLES.LOCK_USERS_PROTECTED);
  const protectedWhere = take('LOCK_USERS_PROTECTED_WHERE', VARIABLES.LOCK_USERS_PROTECTED_WHERE);
  const stayOutWhere = take('LOCK_USERS_STAY_OUT_WHERE', VARIABLES.LOCK_USERS_STAY_OUT_WHERE);
  const canaryIds = take('LOCK_USERS_CANARY', VARIABLES.LOCK_USERS_CANARY);
  const batchUnlock = take('LOCK_USERS_BATCH_UNLOCK', VARIABLES.LOCK_USERS_BATCH_UNLOCK);
  const maxUsers = take('LOCK_USERS_MAX_USERS', VARIABLES.LOCK_USERS_MAX_USERS);
  const window = take('LOCK_USERS_WINDOW', VARIABLES.LOCK_USERS_WINDOW);
  const defaults = take('LOCK_USERS_DEFAULTS', VARIABLES.LOCK_USERS_DEFAULTS);
  const keepDays = take('LOCK_USERS_KEEP_DAYS', VARIABLES.LOCK_USERS_KEEP_DAYS);
  const userModel = take('LOCK_USERS_USER_MODEL', VARIABLES.LOCK_USERS_USER_MODEL);
  const rate = take('LOCK_USERS_RATE', VARIABLES.LOCK_USERS_RATE);
  const burst = take('LOCK_USERS_BURST', VARIABLES.LOCK_USERS_BURST);
  const budgetSeconds = take('LOCK_USERS_BUDGET_SECONDS', VARIABLES.LOCK_USERS_BUDGET_SECONDS);
  take('LOCK_USERS_WEB_SECRET', VARIABLES.LOCK_USERS_WEB_SECRET);
  if (mistakes.length > 0 || address === undefined || token === undefined) {
    throw new LockUsersError({
      code: 'INVALID_SETTINGS',
      message: joinMistakes(mistakes),
      nextStep: ERROR_CATALOGUE.INVALID_SETTINGS.remedy
    });
  }
  return {
    ...address,
    token,
    authScheme: ownBackend === undefined ? 'Bearer' : 'Token',
    webhook,
    armed,
    protectedIds,
    protectedWhere,
    stayOutWhere,
    canaryIds,
    batchUnlock,
    maxUsers,
    window,
    defaults,
    keepDays,
    userModel,
    pace: { rate, burst },
    budgetMs: budgetSeconds * 1000
  };
}

/** The secret of web requests, or undefined where there is none that is long enough. */
export function readWebSecret(environment: Environment): Secret | undefined {
  const checked = checkWebSecret(readVariable(environment, 'LOCK_USERS_WEB_SECRET') ?? '', 'LOCK_USERS_WEB_SECRET');
  return 'value' in checked ? checked.value : undefined;
}
