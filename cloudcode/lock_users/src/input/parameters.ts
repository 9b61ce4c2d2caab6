import { ACTION_LABELS } from '../actions/ActionLabels';
import type { ActionName } from '../actions/ActionLabels';
import { MAX_OPERATIONS_PER_BATCH } from '../platform-facts';
import { isContinuation, isRunId } from '../run/Continuation';
import { define, must } from './Check';
import type { Check, Values } from './Check';
import { checkWindow } from './lock-window';
import type { LockWindow } from './lock-window';
import { checkMoment, checkUnlockAt } from './unlock-at';
import type { UnlockAt } from './unlock-at';
import { checkUserIds } from './user-ids';
import { checkWhere } from './where';
import type { Selection, WhereClause } from './where';

/** Batches in flight by default. Ours, measured: docs/benchmarks.md of the project. */
const DEFAULT_CONCURRENCY = 16;

/** Most batches in flight. Ours: more would gain nothing at the platform's rate. */
const MAX_CONCURRENCY = 32;

/** Users that are sent before all others by default. Ours: enough to see what a lock does, and few to call if it does harm. */
const DEFAULT_CANARY = 3;

/** Most of them. Ours: each look at them is a request of its own for each. */
const MAX_CANARY = 100;

/** Characters allowed in `reason`. Ours: enough for a sentence or two in a report. */
const MAX_REASON_LENGTH = 500;

/** Characters allowed in `requestedBy`. Ours. */
const MAX_REQUESTED_BY_LENGTH = 100;

const isTrueOrFalse = must((value: unknown): value is boolean => typeof value === 'boolean', 'true or false');
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The parameters of a run: the one place of their names, checks, defaults and documentation. */
export const PARAMETERS = {
  action: define<ActionName, undefined>({
    check: must(isActionName, listActions('"')),
    default: undefined,
    defaultText: '`lock`',
    doc: `${listActions('`')}.`
  }),
  undo: define<string, undefined>({
    check: must(isRunOrLast, '"last", or the id of a run, as its report and its record name it'),
    default: undefined,
    defaultText: 'none',
    doc: 'The id of a run: the users that it locked are unlocked. `"last"`: the one of the last 24 hours. Not with `where` or `userIds`.'
  }),
  run: define<string, undefined>({
    check: must(isRunOrLast, 'the id of a run, or "last"'),
    default: undefined,
    defaultText: 'none',
    doc: 'With `status`: the id of a lock run, or `last`: who of those whom it locked is in again. Not with `where` or `userIds`.'
  }),
  where: define<WhereClause, undefined>({
    check: checkArray(checkWhere, 'an array such as ["role = ?", "driver"]'),
    default: undefined,
    defaultText: 'everybody',
    doc: 'Who is selected, as in `DB.user.where`: `["role = ? and depot_id in ?", "driver", ["…"]]`.'
  }),
  userIds: define<readonly string[], undefined>({
    check: (value, name) =>
      isArray(value) && value.length === 0
        ? { mistakes: [`${name} is empty. Name at least one user, or leave it out to select everybody.`] }
        : checkArray(checkUserIds, 'an array of user ids')(value, name),
    default: undefined,
    defaultText: 'everybody',
    doc: 'Who is selected, by id. With `where`: users that are in both.'
  }),
  excludeUserIds: define<readonly string[], readonly string[]>({
    check: checkArray(checkUserIds, 'an array of user ids'),
    default: [],
    defaultText: 'nobody',
    doc: 'Selected users that are left alone in this run.'
  }),
  onlyEnrolled: define<boolean, boolean>({
    check: isTrueOrFalse,
    default: false,
    defaultText: '`false`',
    doc: 'With `lock`: `true` leaves users alone that are not in the app anyway. They can sign in later.'
  }),
  dryRun: define<boolean, undefined>({
    check: isTrueOrFalse,
    default: undefined,
    defaultText: 'lock where armed',
    doc: '`true`: only plan, on any deployment. `false`: refused where the deployment is not armed.'
  }),
  maxUsers: define<number, undefined>({
    check: must(isCount, 'a whole number of at least 1'),
    default: undefined,
    defaultText: 'the variable',
    doc: 'As `LOCK_USERS_MAX_USERS`; it can lower that limit, not raise it.'
  }),
  window: define<LockWindow, undefined>({
    check: checkWindow,
    default: undefined,
    defaultText: 'any time',
    doc: 'With `lock`: as `LOCK_USERS_WINDOW`. Where both are set, the run begins only within both.'
  }),
  unlockAt: define<UnlockAt, undefined>({
    check: checkUnlockAt,
    default: undefined,
    defaultText: 'never',
    doc: 'With `lock`: when the run is undone by itself: the next `06:00 Europe/Berlin`, or ISO 8601 with an offset. Needs the record.'
  }),
  canary: define<number, number>({
    check: must(
      (value): value is number => value === 0 || (isCount(value) && value <= MAX_CANARY),
      `a whole number from 0 to ${MAX_CANARY}`
    ),
    default: DEFAULT_CANARY,
    defaultText: '3',
    doc: 'With `lock`: users that are sent first and looked at before the others are, 0 to 100. `0`: none.'
  }),
  batchSize: define<number, number>({
    check: checkNumberUpTo(MAX_OPERATIONS_PER_BATCH),
    default: MAX_OPERATIONS_PER_BATCH,
    defaultText: '1000',
    doc: 'With `lock`: operations per request, 1 to 1000.'
  }),
  concurrency: define<number, number>({
    check: checkNumberUpTo(MAX_CONCURRENCY),
    default: DEFAULT_CONCURRENCY,
    defaultText: '16',
    doc: 'Requests in flight that change users, 1 to 32.'
  }),
  verify: define<boolean, boolean>({
    check: isTrueOrFalse,
    default: true,
    defaultText: '`true`',
    doc: '`false`: believe the answers, and do not read the users again.'
  }),
  reason: define<string, undefined>({
    check: checkText(MAX_REASON_LENGTH),
    default: undefined,
    defaultText: 'none',
    doc: 'Text for the log, the report and the record.'
  }),
  requestedBy: define<string, undefined>({
    check: checkText(MAX_REQUESTED_BY_LENGTH),
    default: undefined,
    defaultText: 'none',
    doc: 'Who or what asks for it: text for the log and the record.'
  }),
  runId: define<string, undefined>({
    check: must(isRunId, 'an id of 1 to 100 letters, digits, "-" and "_"'),
    default: undefined,
    defaultText: 'a new one',
    doc: "The run's id. A run that its record shows to have ended is not carried out again."
  }),
  continuation: define({
    check: must(isContinuation, 'left out: the task sets it itself'),
    default: undefined,
    defaultText: 'none',
    doc: 'What the task hands to its own next invocation. Leave it out.'
  }),
  notBefore: define<number, undefined>({
    check: checkMoment,
    default: undefined,
    defaultText: 'none',
    doc: 'What the task hands to the undo that it orders with `unlockAt`. Leave it out.'
  }),
  wipe: define<false, undefined>({
    check: (value) =>
      value === false
        ? { value }
        : {
            mistakes: ['This task never wipes: it locks users and keeps the data on their devices. Leave "wipe" out.']
          },
    default: undefined,
    defaultText: '`false`',
    doc: 'Refused in any value but `false`: this task never wipes.'
  })
} as const;

type ParameterValues = Values<typeof PARAMETERS>;
/** The name of a parameter. */
export type ParameterName = keyof typeof PARAMETERS;

/** What a trigger asks for, checked. The table above says what each parameter means. */
export interface Parameters extends Omit<ParameterValues, 'action' | 'where' | 'userIds' | 'wipe'> {
  /** With `undo`: `unlock`. */
  readonly action: ActionName;
  /** Who is selected; everybody where nothing is set. */
  readonly selection: Selection;
  /** Whether they are those of `LOCK_USERS_DEFAULTS`. Default false. */
  readonly areDefaults?: boolean;
  /** The parameters as they came, for the next invocation. */
  readonly rawParameters: Readonly<Record<string, unknown>>;
}

function checkArray<T>(check: (value: readonly unknown[], name: string) => ReturnType<Check<T>>, expected: string) {
  const mustBeArray = must(isArray, expected);
  return (value: unknown, name: string): ReturnType<Check<T>> => {
    const checked = mustBeArray(value, name);
    return 'value' in checked ? check(checked.value, name) : checked;
  };
}

function checkNumberUpTo(most: number): Check<number> {
  return must((value): value is number => isCount(value) && value <= most, `a whole number from 1 to ${most}`);
}

function checkText(mostCharacters: number): Check<string> {
  return must(
    (value): value is string => typeof value === 'string' && value.trim() !== '' && value.length <= mostCharacters,
    `text of 1 to ${mostCharacters} characters`
  );
}

/** `"lock", "unlock" or "reauthenticate"`, in quotes of that kind. */
function listActions(quote: string): string {
  const names = Object.keys(ACTION_LABELS).map((name) => `${quote}${name}${quote}`);
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1] ?? ''}`;
}

function isActionName(value: unknown): value is ActionName {
  return typeof value === 'string' && Object.keys(ACTION_LABELS).includes(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** Whether a value can be the id of a run, or is `last`, which is no id in other letters. */
function isRunOrLast(value: unknown): value is string {
  return isRunId(value) && (value === 'last' || value.toLowerCase() !== 'last');
}
