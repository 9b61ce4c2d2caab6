import chunk = require('lodash/chunk');
import { toErrorDetails } from '../errors';
import type { LockUsersError } from '../errors';
import { isAddressable } from '../input/user-ids';
import { PAGE_SIZE } from '../platform-facts';
import { askAgainIfEmpty } from '../requests/ask-again-if-empty';
import { backendError } from '../requests/classify-response';
import type { UserState } from '../users/UserState';
import type { ActiveRun } from './ActiveRun';
import { findUsersById } from './find-users';
import { readSelectedIds } from './read-selection';
import { readUserStates } from './read-user-states';
import { stopOnMoreResets, stopOnReset } from './stop-on-reset';

/** Unselected users that are looked up in the app database at most, when everybody is selected. Ours. */
const MAX_LOOKED_UP = 10_000;

/** Further readings that look for users whom the first one did not show, at most. Ours. */
const MAX_READINGS_MORE = 5;

/** Users that an undo asks for one by one at most. Ours: a thousand requests take a minute at the default pace. */
const MAX_GONE_ONE_BY_ONE = 1000;

/** What the first look found out beside the users. */
export interface Observation {
  /** Whether nobody can have been missed. */
  readonly isSure: boolean;
}

/**
 * Reads the selected users and the lock states of all users at the same time, page by page, so that the first users are
 * planned long before the last are read. Both lists shift while users come and go, so each is held against the other: users
 * that are missing in one are looked for before anything is said about them.
 *
 * Where something cannot be read the run stops; the sender then has the reason. Never throws.
 *
 * @param onPlanned takes users as soon as they are planned
 */
export async function observeUsers(
  run: ActiveRun,
  onPlanned: (users: readonly number[]) => void
): Promise<Observation> {
  const { roster, sender } = run;
  let isSure = true;
  const select = (userIds: readonly string[]): number => {
    const before = roster.countSelected;
    onPlanned(listPlanned(userIds, (id) => roster.select(id)));
    return roster.countSelected - before;
  };
  const observe = (users: readonly UserState[]): void => {
    if (!users.every(({ userId }) => isAddressable(userId))) {
      run.warnings.add(
        'MALFORMED_USERS',
        'The users API shows users with ids that cannot be told apart from parts of an address; several may have the same.'
      );
    }
    const planned = listPlanned(users, (user) => roster.observe(user));
    stopOnReset(run);
    onPlanned(planned);
  };
  try {
    const [selection, list] = await Promise.allSettled([readSelectedIds(run, select), readUserStates(run, observe)]);
    if (selection.status === 'rejected') throw selection.reason;
    if (list.status === 'rejected') throw list.reason;
    isSure = selection.value;
    const isEverybody = run.selection.where === undefined && run.selection.userIds === undefined;
    if (isEverybody && !(await selectMissed(run, select))) isSure = false;
    if (roster.hasUnlisted) await findUnlisted(run, observe, list.value.isStuck);
    stopOnMoreResets(run);
  } catch (error) {
    sender.stopWith(toErrorDetails(error));
  }
  // Also where reading failed: whoever was selected has a place in the report.
  const unlisted = roster.planUnlisted(sender.stop === undefined);
  if (roster.goal.action === 'lock' && sender.stop === undefined) warnOfUnlisted(run, unlisted);
  onPlanned(unlisted);
  return { isSure };
}

/** Whether they are locked already is unknown, and stays so where the answer to their batch is lost. */
function warnOfUnlisted({ roster, warnings }: ActiveRun, users: readonly number[]): void {
  warnings.addIds(
    'NOT_LISTED',
    roster.idsOf(users),
    (count, are) =>
      `${count} of selected users ${are} not shown by the users API. A lock is sent to them all the same, and an undo lets them in, also where they had been locked before`
  );
}

function listPlanned<T>(values: readonly T[], plan: (value: T) => number | undefined): number[] {
  const planned: number[] = [];
  for (const value of values) {
    const user = plan(value);
    if (user !== undefined) planned.push(user);
  }
  return planned;
}

/**
 * Where everybody is selected: users that the users API lists and the app database did not show slid off a page, or are in the
 * app and not in the database.
 *
 * @returns whether nobody can have been missed
 * @throws LockUsersError where the run has to stop
 */
async function selectMissed(run: ActiveRun, select: (userIds: readonly string[]) => number): Promise<boolean> {
  const { roster, warnings, sender } = run;
  const missed = roster.listUnselected();
  if (missed.length === 0) return true;
  const found = new Set<string>();
  let isSure = missed.length <= MAX_LOOKED_UP;
  try {
    for (const ids of chunk(missed.slice(0, MAX_LOOKED_UP), PAGE_SIZE)) await lookUp(run, ids, found);
  } catch (error) {
    if (sender.stop !== undefined) throw error;
    isSure = false;
  }
  select([...found]);
  const left = missed.filter((id) => !found.has(id));
  const unsure = isSure ? '' : ', which could not be asked about all of them';
  warnings.addIds(
    'NOT_IN_DATABASE',
    left,
    (count, are) => `${count} of users of the app ${are} not in the app database${unsure}, and left alone`
  );
  return isSure;
}

async function lookUp({ ports, sender }: ActiveRun, ids: readonly string[], found: Set<string>): Promise<void> {
  const wanted = new Set(ids);
  const shown = await askAgainIfEmpty(async () => {
    const page = await sender.read(
      'database',
      (timeoutMs) => ports.userSource.readUserIds({ userIds: ids }, PAGE_SIZE, 0, timeoutMs),
      { isEssential: false }
    );
    return page.userIds;
  });
  // A database that ignores the filter returns others as well.
  for (const id of shown) if (wanted.has(id)) found.add(id);
}

/**
 * Looks for the selected users that the users API did not list: in one more reading, in further ones while each shows somebody
 * whom those before did not, and then one by one.
 */
async function findUnlisted(
  run: ActiveRun,
  observe: (users: readonly UserState[]) => void,
  isStuck: boolean
): Promise<void> {
  const { roster } = run;
  let unlisted = roster.listUnlisted();
  let again = { isStuck };
  for (let readings = 0, before = Infinity; readings < MAX_READINGS_MORE && !again.isStuck; readings++) {
    if (unlisted.length === 0 || unlisted.length === before) break;
    before = unlisted.length;
    again = await readUserStates(run, observe);
    unlisted = roster.listUnlisted();
  }
  if (unlisted.length === 0) return;
  // Whoever is taken for gone has to be asked for.
  const most = roster.goal.whenNotListed === 'skip' ? MAX_GONE_ONE_BY_ONE : undefined;
  const { found, absent, isKnown } = await findUsersById(run, unlisted, most);
  observe(found);
  for (const userId of absent) roster.setAbsent(userId);
  if (again.isStuck && !isKnown) throw stuckList();
}

/** The list of the users never ends. */
export function stuckList(): LockUsersError {
  return backendError(
    'BACKEND_PROTOCOL',
    'GET users promises more users and returns the same ones again, so that not everybody can be seen.'
  );
}
