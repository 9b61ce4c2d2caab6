import { ERROR_CATALOGUE, LockUsersError } from '../errors';
import type { Pace } from '../requests/TokenBucket';
import { define, joinMistakes } from './Check';
import type { Definition } from './Check';
import { checkAddress, checkToken, findBackend, findMissingAccess } from './backend-access';
import type { BackendAccess } from './backend-access';
import { checkDefaults } from './default-parameters';
import { checkWindow } from './lock-window';
import type { LockWindow } from './lock-window';
import type { Parameters } from './parameters';
import { readVariable } from './read-variable';
import type { Environment } from './read-variable';
import type { Secret } from './Secret';
import {
  checkBatchUnlock,
  checkIdList,
  checkNumberBetween,
  checkPattern,
  checkTrueOrFalse,
  checkWebSecret
} from './variable-checks';
import { findNameMistake } from './variable-names';
import { parseWhere } from './where';
import type { WhereClause } from './where';

/**
 * Requests per second of a run where `LOCK_USERS_RATE` is not set: 80 % of the 20 that the vendor's staff quoted once
 * (forum thread 668). The bucket is shared by all API clients of a deployment.
 */
const DEFAULT_RATE = 16;

/** Requests that may leave at once where `LOCK_USERS_BURST` is not set: half of the 1200 of the same source. */
const DEFAULT_BURST = 600;

/**
 * Seconds of an invocation in which requests may leave. Ours; the platform stops a task after 300 (documented: CloudCode
 * overview), and the rest is for the last answers and for scheduling the next invocation.
 */
const DEFAULT_BUDGET_SECONDS = 270;

/** Most that `LOCK_USERS_BUDGET_SECONDS` may be, so that the last answers still come before the platform's 300 seconds. */
const MAX_BUDGET_SECONDS = 275;

/** The variables of a deployment: the one place of their names, checks, defaults and documentation. */
export const VARIABLES = {
  JOURNEY_BACKEND_URL: define<Pick<BackendAccess, 'backendUrl' | 'backendId'>, undefined>({
    check: checkAddress,
    default: undefined,
    defaultText: 'required',
    doc: 'Address from the _Manage API_ page, ending in `/api/v4/` and 24 hex digits. https, except on loopback.'
  }),
  JOURNEY_API_TOKEN: define<Secret, undefined>({
    check: checkToken,
    default: undefined,
    defaultText: 'required',
    doc: 'A named token of this deployment, without `Bearer`. Never printed.'
  }),
  LOCK_USERS_WEB_SECRET: define<Secret, undefined>({
    check: checkWebSecret,
    default: undefined,
    defaultText: 'nobody',
    doc: 'What web requests must carry, 32 characters or more. Without it no web request gets in.'
  }),
  LOCK_USERS_WEBHOOK: define<boolean, boolean>({
    check: checkTrueOrFalse,
    default: false,
    defaultText: '`false`',
    doc: '`true`: an object of `lock_run` starts a run. Only with data rules that keep app users from creating one.'
  }),
  LOCK_USERS_ARMED: define<boolean, boolean>({
    check: checkTrueOrFalse,
    default: false,
    defaultText: '`false`',
    doc: '`true`: runs lock, unlock, sign out. `false`: every trigger only plans.'
  }),
  LOCK_USERS_PROTECTED: define<readonly string[], readonly string[]>({
    check: checkIdList,
    default: [],
    defaultText: 'nobody',
    doc: 'Ids of users that are never locked or signed out, separated by commas.'
  }),
  LOCK_USERS_PROTECTED_WHERE: define<WhereClause, undefined>({
    check: parseWhere,
    default: undefined,
    defaultText: 'nobody',
    doc: 'A rule: whoever matches it when a run begins is protected as well. JSON as in `where`: `["role = ?", "administrator"]`.'
  }),
  LOCK_USERS_STAY_OUT_WHERE: define<WhereClause, undefined>({
    check: parseWhere,
    default: undefined,
    defaultText: 'nobody',
    doc: 'A rule: whoever matches it, such as people who left, is never unlocked by this task. JSON as in `where`.'
  }),
  LOCK_USERS_CANARY: define<readonly string[], readonly string[]>({
    check: checkIdList,
    default: [],
    defaultText: 'any',
    doc: 'Ids of test users, separated by commas: the users that `canary` sends first, where they are planned.'
  }),
  LOCK_USERS_BATCH_UNLOCK: define<'try' | 'off', 'off'>({
    check: checkBatchUnlock,
    default: 'off',
    defaultText: '`off`',
    doc: '`try`: one user shows whether the platform unlocks in batches, which is not documented; if so, the others go in batches.'
  }),
  LOCK_USERS_MAX_USERS: define<number, undefined>({
    check: checkPattern(/^[1-9][0-9]{0,14}$/, 'a whole number of at least 1', Number),
    default: undefined,
    defaultText: 'no limit',
    doc: 'A run that would change more users is refused before anything is sent.'
  }),
  LOCK_USERS_WINDOW: define<LockWindow, undefined>({
    check: checkWindow,
    default: undefined,
    defaultText: 'any time',
    doc: 'A lock run begins only then, by the clock there: `21:00-23:30 Europe/Berlin`. It may cross midnight.'
  }),
  LOCK_USERS_DEFAULTS: define<Parameters, undefined>({
    check: checkDefaults,
    default: undefined,
    defaultText: 'none',
    doc: 'Parameters of a run that is started without any, as a schedule does: JSON. Those of another run replace all of them.'
  }),
  LOCK_USERS_KEEP_DAYS: define<number, number>({
    check: checkPattern(/^(0|[1-9][0-9]{0,4})$/, 'a whole number of days, or 0 for ever', Number),
    default: 90,
    defaultText: '90',
    doc: 'Days after which the batches of a run may be deleted; `0`: never. Those of locks that are not undone are kept.'
  }),
  LOCK_USERS_USER_MODEL: define<string, string>({
    check: checkPattern(/^[A-Za-z][A-Za-z0-9_]*$/, 'the name of a model: letters, digits and underscores', String),
    default: 'user',
    defaultText: '`user`',
    doc: "Name of the app's user model."
  }),
  LOCK_USERS_RATE: define<number, number>({
    check: checkNumberBetween(0.1, 1000),
    default: DEFAULT_RATE,
    defaultText: '16',
    doc: 'Requests per second, reads included, 0.1 to 1000. The limit is on the _Manage API_ page; leave others theirs.'
  }),
  LOCK_USERS_BURST: define<number, number>({
    check: checkNumberBetween(1, 100_000),
    default: DEFAULT_BURST,
    defaultText: '600',
    doc: 'Requests that may leave at once after a rest, from 1.'
  }),
  LOCK_USERS_BUDGET_SECONDS: define<number, number>({
    check: checkNumberBetween(1, MAX_BUDGET_SECONDS),
    default: DEFAULT_BUDGET_SECONDS,
    defaultText: '270',
    doc: 'Seconds of an invocation in which requests may leave, 1 to 275. Then the run goes on in another one.'
  })
} as const;

type VariableName = keyof typeof VARIABLES;

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
