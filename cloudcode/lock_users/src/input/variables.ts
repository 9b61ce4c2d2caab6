import { define } from './Check';
import { checkAddress, checkToken } from './backend-access';
import type { BackendAccess } from './backend-access';
import { checkDefaults } from './default-parameters';
import { checkWindow } from './lock-window';
import type { LockWindow } from './lock-window';
import type { Parameters } from './parameters';
import type { Secret } from './Secret';
import {
  checkBatchUnlock,
  checkIdList,
  checkNumberBetween,
  checkPattern,
  checkTrueOrFalse,
  checkWebSecret
} from './variable-checks';
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

/** Name of a variable of the deployment. */
export type VariableName = keyof typeof VARIABLES;
