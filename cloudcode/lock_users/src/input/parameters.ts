import uniq = require('lodash/uniq');
import isPlainObject = require('lodash/isPlainObject');
import { describeValue, findInvalidUserId } from './user-ids';
import { isContinuation, isRunId } from '../run/Continuation';
import type { Continuation } from '../run/Continuation';
import { suggestName } from './did-you-mean';
import {
  DEFAULT_CONCURRENCY,
  MAX_CONCURRENCY,
  MAX_OPERATIONS_PER_BATCH,
  MAX_REASON_LENGTH,
  MAX_REQUESTED_BY_LENGTH
} from '../platform-facts';
import { LockUsersError } from '../errors';
import { parseWhere } from './where';
import type { Action, Selection } from '../vocabulary';

/** What a trigger asks for, checked. */
export interface Parameters {
  readonly action: Action;
  /** The id of the run that is undone: those whom it locked are selected, and the action is `unlock`. */
  readonly undo?: string;
  /** With `lock`: leave users alone who are not in the app. Default false. */
  readonly onlyEnrolled: boolean;
  /** Who is selected; everybody where nothing is given. */
  readonly selection: Selection;
  /** Selected users who are left alone. Default: nobody. */
  readonly excludeUserIds: readonly string[];
  /** True: only plan. False: refused where the deployment is not armed. Undefined: only plan where it is not armed. */
  readonly dryRun?: boolean;
  /** A run that would change more users is refused. At least 1. */
  readonly maxUsers?: number;
  /** With `lock`: operations per batch, 1 to 1000. Default 1000, the platform's limit. */
  readonly batchSize: number;
  /** Batches, or requests about one user, in flight, 1 to 32. Default 16. */
  readonly concurrency: number;
  /** False: believe the answers, and do not read the users again. Default true. */
  readonly verify: boolean;
  /** Why, in the caller's words; it ends up in the report. */
  readonly reason?: string;
  /** Who or what asks for it, in the caller's words; it ends up in the run's record. */
  readonly requestedBy?: string;
  /** The id that the run has. Whoever orders it gives it one, so that a repeated order is the same run. */
  readonly runId?: string;
  /** Where this is not a run's first invocation: what the one before hands over. Set by the task itself. */
  readonly continuation?: Continuation;
  /** The parameters as they were given, for the next invocation. */
  readonly rawParameters: Readonly<Record<string, unknown>>;
}

const PARAMETER_NAMES = [
  'action',
  'undo',
  'where',
  'userIds',
  'excludeUserIds',
  'onlyEnrolled',
  'dryRun',
  'maxUsers',
  'batchSize',
  'concurrency',
  'verify',
  'reason',
  'requestedBy',
  'runId',
  'continuation',
  'wipe'
] as const;
type ParameterName = (typeof PARAMETER_NAMES)[number];

/**
 * Checks a trigger's parameters. `undefined`, `null` and `{}` all mean: everything by default.
 *
 * @throws LockUsersError `INVALID_PARAMETERS`, naming every mistake at once.
 */
export function parseParameters(params: unknown): Parameters {
  const given = params === undefined || params === null ? {} : params;
  if (!isPlainObject(given)) {
    throw invalidParameters([`Parameters are a JSON object, not ${describeValue(given)}.`]);
  }
  const values = new Map<string, unknown>(Object.entries(given as object));
  const mistakes: string[] = [];
  for (const name of values.keys()) {
    if (!(PARAMETER_NAMES as readonly string[]).includes(name)) {
      mistakes.push(`Unknown parameter ${JSON.stringify(name)}. ${suggestName(name, PARAMETER_NAMES)}`);
    }
  }

  /** The parameter's value where it is given and passes `check`; a mistake is noted where it does not pass. */
  function take<T>(name: ParameterName, check: (value: unknown) => value is T, expected: string): T | undefined {
    const value = values.get(name);
    if (value === undefined || check(value)) return value;
    mistakes.push(`"${name}" must be ${expected}, not ${describeValue(value)}.`);
    return undefined;
  }

  if (values.has('wipe') && values.get('wipe') !== false) {
    mistakes.push('This task never wipes: it locks users and keeps the data on their devices. Leave "wipe" out.');
  }
  const undo = take('undo', isRunId, 'the id of a run, as its report and its record name it');
  const action =
    take('action', isAction, '"lock", "unlock" or "reauthenticate"') ?? (undo === undefined ? 'lock' : 'unlock');
  const where = parseWhere(take('where', isArray, 'an array such as ["role = ?", "driver"]'), mistakes);
  const userIds = takeIds('userIds', take('userIds', isArray, 'an array of user ids'), mistakes);
  if (userIds?.length === 0) {
    mistakes.push('"userIds" is empty. Name at least one user, or leave it out to select everybody.');
  }
  const excludeUserIds = takeIds('excludeUserIds', take('excludeUserIds', isArray, 'an array of user ids'), mistakes);
  const onlyEnrolled = take('onlyEnrolled', isBoolean, 'true or false');
  const dryRun = take('dryRun', isBoolean, 'true or false');
  const maxUsers = take('maxUsers', isCount, 'a whole number of at least 1');
  const batchSize = take('batchSize', isBatchSize, `a whole number from 1 to ${MAX_OPERATIONS_PER_BATCH}`);
  const concurrency = take('concurrency', isConcurrency, `a whole number from 1 to ${MAX_CONCURRENCY}`);
  const verify = take('verify', isBoolean, 'true or false');
  const continuation = take('continuation', isContinuation, 'left out: the task sets it itself');
  const reason = take('reason', isTextOf(MAX_REASON_LENGTH), `text of 1 to ${MAX_REASON_LENGTH} characters`);
  const requestedBy = take(
    'requestedBy',
    isTextOf(MAX_REQUESTED_BY_LENGTH),
    `text of 1 to ${MAX_REQUESTED_BY_LENGTH} characters`
  );
  const runId = take('runId', isRunId, 'an id of 1 to 100 letters, digits, "-" and "_"');

  if (undo !== undefined) mistakes.push(...findUndoMistakes(action, values, undo === runId));
  if (action !== 'lock') {
    if (batchSize !== undefined)
      mistakes.push('"batchSize" goes with "lock": the platform has no batches of other actions.');
    if (onlyEnrolled === true) mistakes.push(`"onlyEnrolled" goes with "lock". ${WHY_NOT_ENROLLED[action]}`);
  }

  if (mistakes.length > 0) throw invalidParameters(mistakes);
  return {
    action,
    onlyEnrolled: onlyEnrolled ?? false,
    ...(undo !== undefined && { undo }),
    selection: { ...(where && { where }), ...(userIds && { userIds }) },
    excludeUserIds: excludeUserIds ?? [],
    batchSize: batchSize ?? MAX_OPERATIONS_PER_BATCH,
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    verify: verify ?? true,
    rawParameters: Object.fromEntries(values),
    ...(continuation && { continuation }),
    ...(dryRun !== undefined && { dryRun }),
    ...(maxUsers !== undefined && { maxUsers }),
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(runId !== undefined && { runId })
  };
}

const WHY_NOT_ENROLLED: Readonly<Record<Exclude<Action, 'lock'>, string>> = {
  unlock: 'A locked user is not in the app.',
  reauthenticate: 'Only users who are in the app are signed out anyway.'
};

function findUndoMistakes(action: Action, values: ReadonlyMap<string, unknown>, isItself: boolean): string[] {
  const mistakes: string[] = [];
  if (action !== 'unlock') mistakes.push('"undo" unlocks users. Leave "action" out.');
  if (values.has('where') || values.has('userIds')) {
    mistakes.push('"undo" selects the users whom that run locked. Leave "where" and "userIds" out.');
  }
  if (isItself) mistakes.push('A run cannot undo itself.');
  return mistakes;
}

/** The error for parameters that are wrong in themselves or do not fit the deployment's settings. */
export function invalidParameters(mistakes: readonly string[]): LockUsersError {
  return new LockUsersError({
    code: 'INVALID_PARAMETERS',
    message: mistakes.join(' '),
    nextStep: 'Correct the parameters and run the task again.'
  });
}

function takeIds(name: string, ids: readonly unknown[] | undefined, mistakes: string[]): string[] | undefined {
  if (ids === undefined) return undefined;
  const wrong = findInvalidUserId(ids);
  if (wrong !== undefined) mistakes.push(`In "${name}", ${wrong}.`);
  return uniq(ids as string[]);
}

function isAction(value: unknown): value is Action {
  return value === 'lock' || value === 'unlock' || value === 'reauthenticate';
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isBatchSize(value: unknown): value is number {
  return isCount(value) && value <= MAX_OPERATIONS_PER_BATCH;
}

function isConcurrency(value: unknown): value is number {
  return isCount(value) && value <= MAX_CONCURRENCY;
}

function isTextOf(mostCharacters: number): (value: unknown) => value is string {
  return (value): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= mostCharacters;
}
