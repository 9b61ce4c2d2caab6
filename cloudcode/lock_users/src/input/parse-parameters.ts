import isPlainObject = require('lodash/isPlainObject');
import { isReading } from '../actions/ActionLabels';
import type { ActionName } from '../actions/ActionLabels';
import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import { quoteText } from '../outside-text';
import { describeValue, joinMistakes, MAX_SHOWN_BYTES } from './Check';
import type { Definition } from './Check';
import { suggestName } from './did-you-mean';
import { PARAMETERS } from './parameters';
import type { ParameterName, Parameters } from './parameters';

/** Unknown names that are looked at one by one. Ours: there may be hundreds of thousands. */
const MAX_UNKNOWN_NAMES = 10;

const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[];

/**
 * Checks a trigger's parameters. `undefined`, `null` and `{}` all mean: everything by default.
 *
 * @throws LockUsersError `INVALID_PARAMETERS`, naming every mistake at once, or as many as are read by a person
 */
export function parseParameters(params: unknown): Parameters {
  const rawParameters = params ?? {};
  if (!isPlainObject(rawParameters)) {
    throw invalidParameters([`Parameters are a JSON object, not ${describeValue(rawParameters)}.`]);
  }
  const raw = new Map<string, unknown>(Object.entries(rawParameters as object));
  const unknown = [...raw.keys()].filter((name) => !(PARAMETER_NAMES as readonly string[]).includes(name));
  const mistakes = unknown
    .slice(0, MAX_UNKNOWN_NAMES)
    .map((name) => `Unknown parameter ${quoteText(name, MAX_SHOWN_BYTES)}. ${suggestName(name, PARAMETER_NAMES)}`);

  function take<T, Default extends T | undefined>(
    name: ParameterName,
    { check, default: defaultValue }: Definition<T, Default>
  ): T | Default {
    const value = raw.get(name);
    if (value === undefined) return defaultValue;
    const checked = check(value, `"${name}"`);
    if ('value' in checked) return checked.value;
    mistakes.push(...checked.mistakes);
    return defaultValue;
  }

  take('wipe', PARAMETERS.wipe);
  const undo = take('undo', PARAMETERS.undo);
  const action = take('action', PARAMETERS.action) ?? (undo === undefined ? 'lock' : 'unlock');
  const run = take('run', PARAMETERS.run);
  const where = take('where', PARAMETERS.where);
  const userIds = take('userIds', PARAMETERS.userIds);
  const parameters: Parameters = {
    action,
    undo,
    run,
    selection: { ...(where && { where }), ...(userIds && { userIds }) },
    excludeUserIds: take('excludeUserIds', PARAMETERS.excludeUserIds),
    onlyEnrolled: take('onlyEnrolled', PARAMETERS.onlyEnrolled),
    dryRun: take('dryRun', PARAMETERS.dryRun),
    maxUsers: take('maxUsers', PARAMETERS.maxUsers),
    window: take('window', PARAMETERS.window),
    unlockAt: take('unlockAt', PARAMETERS.unlockAt),
    canary: take('canary', PARAMETERS.canary),
    batchSize: take('batchSize', PARAMETERS.batchSize),
    concurrency: take('concurrency', PARAMETERS.concurrency),
    verify: take('verify', PARAMETERS.verify),
    continuation: take('continuation', PARAMETERS.continuation),
    reason: take('reason', PARAMETERS.reason),
    requestedBy: take('requestedBy', PARAMETERS.requestedBy),
    runId: take('runId', PARAMETERS.runId),
    notBefore: take('notBefore', PARAMETERS.notBefore),
    rawParameters: Object.fromEntries(raw)
  };
  mistakes.push(...findContradictions(parameters, raw));
  if (mistakes.length > 0) throw invalidParameters(mistakes, unknown.slice(MAX_UNKNOWN_NAMES).length);
  return parameters;
}

/**
 * The error for parameters that are wrong in themselves or do not fit the deployment's settings.
 *
 * @param unnamed how many mistakes there are beside those
 */
export function invalidParameters(mistakes: readonly string[], unnamed = 0): LockUsersError {
  return new LockUsersError({
    code: 'INVALID_PARAMETERS',
    message: joinMistakes(mistakes, unnamed),
    nextStep: ERROR_CATALOGUE.INVALID_PARAMETERS.remedy
  });
}

/** What does not go with an action that changes nobody. */
const OF_CHANGES: readonly ParameterName[] = [
  'unlockAt',
  'excludeUserIds',
  'onlyEnrolled',
  'canary',
  'dryRun',
  'maxUsers',
  'window',
  'batchSize',
  'concurrency',
  'verify'
];

const WHY_NOT_ENROLLED: Readonly<Record<Exclude<ActionName, 'lock' | 'status'>, string>> = {
  unlock: 'A locked user is not in the app.',
  reauthenticate: 'Only users who are in the app are signed out anyway.'
};

/** Parameters that are right by themselves and do not go together. */
function findContradictions(
  { action, undo, run, runId, onlyEnrolled }: Parameters,
  raw: ReadonlyMap<string, unknown>
): string[] {
  const mistakes: string[] = [];
  if (undo !== undefined) {
    if (action !== 'unlock') mistakes.push('"undo" unlocks users. Leave "action" out.');
    if (raw.has('where') || raw.has('userIds')) {
      mistakes.push('"undo" selects the users that the run locked. Leave "where" and "userIds" out.');
    }
    if (undo === runId) mistakes.push('A run cannot undo itself.');
  }
  if (raw.has('notBefore') && (undo === undefined || runId === undefined)) {
    mistakes.push('"notBefore" is set by the task itself. Leave it out.');
  }
  if (runId === 'last') mistakes.push('"runId" cannot be "last": an undo means something else by it.');
  if (run !== undefined) {
    if (!isReading(action)) mistakes.push('"run" goes with "status". To let back in whom a run locked, use "undo".');
    if (raw.has('where') || raw.has('userIds')) {
      mistakes.push('"run" selects the users that the run locked. Leave "where" and "userIds" out.');
    }
  }
  if (action === 'status') {
    const useless = OF_CHANGES.filter((name) => raw.has(name)).map((name) => `"${name}"`);
    if (useless.length > 0) mistakes.push(`"status" changes nobody. Leave ${useless.join(', ')} out.`);
  } else if (action !== 'lock') {
    if (raw.has('batchSize'))
      mistakes.push('"batchSize" goes with "lock": the platform has no batches of other actions.');
    if (raw.has('canary')) mistakes.push('"canary" goes with "lock": only locks are tried on a few users first.');
    if (raw.has('window')) mistakes.push('"window" goes with "lock": letting people in, or signing out, has none.');
    if (raw.has('unlockAt')) mistakes.push('"unlockAt" goes with "lock": nobody else has to be let back in.');
    if (onlyEnrolled) mistakes.push(`"onlyEnrolled" goes with "lock". ${WHY_NOT_ENROLLED[action]}`);
  }
  return mistakes;
}
