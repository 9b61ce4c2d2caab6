import chunk = require('lodash/chunk');
import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { Selection } from '../input/where';
import { PAGE_SIZE } from '../platform-facts';
import { readList } from '../requests/read-list';
import type { ActiveRun } from './ActiveRun';
import type { RunContext } from './RunContext';
import { readPage } from './read-user-states';

/**
 * Shows the ids of the selected users to `see`.
 *
 * Users named by id alone are taken as named: the platform decides whether they exist, so that a wrong id ends as a
 * failed user in the report and is not silently left out.
 *
 * @param see takes ids and returns how many of them were not selected before
 * @returns whether nobody can have been missed
 * @throws LockUsersError where the users cannot be read
 */
export async function readSelectedIds(run: ActiveRun, see: (userIds: readonly string[]) => number): Promise<boolean> {
  const { where, userIds } = run.selection;
  if (userIds === undefined) return readAllPages(run, run.selection, see);
  if (where === undefined) {
    see(userIds);
    return true;
  }
  let isSure = true;
  for (const ids of chunk(userIds, PAGE_SIZE)) {
    if (!(await readAllPages(run, { where, userIds: ids }, seeOnly(ids, see)))) isSure = false;
  }
  return isSure;
}

/** Shows the named ids alone to `see`: a database that ignores the filter by id returns others as well. */
function seeOnly(
  named: readonly string[],
  see: (userIds: readonly string[]) => number
): (userIds: readonly string[]) => number {
  const wanted = new Set(named);
  const shown = new Set<string>();
  return (userIds) => {
    const before = shown.size;
    for (const id of userIds) shown.add(id);
    see(userIds.filter((id) => wanted.has(id)));
    return shown.size - before;
  };
}

/**
 * Shows the ids of all users that are selected in the app database to `see`, page by page.
 *
 * @returns whether the list held still, so that nobody can have been missed
 * @throws LockUsersError where it cannot be read
 */
export async function readAllPages(
  run: RunContext,
  selection: Selection,
  see: (userIds: readonly string[]) => number
): Promise<boolean> {
  const { ports, warnings } = run;
  let firstOfAll: string | undefined;
  const { isStable } = await readList<string>({
    see,
    seamOf: (id) => id,
    readPage: (limit, skip) =>
      readPage(run, 'database', limit, async (timeoutMs) => {
        const { userIds, malformed } = await ports.userSource.readUserIds(selection, limit, skip, timeoutMs);
        if (skip === 0) firstOfAll ??= userIds[0];
        else if (skip > 1 && userIds.length > 1 && userIds[0] === firstOfAll) throw startsAgain(skip);
        if (malformed > 0) {
          warnings.add('MALFORMED_USERS', 'The app database shows users without a usable id; they are left alone.');
        }
        return { items: userIds, more: undefined };
      })
  });
  if (!isStable) {
    warnings.add(
      'SELECTION_UNSTABLE',
      'The list of the users in the app database kept shifting while it was read, so somebody may be missing. Run the task again when fewer users come and go.'
    );
  }
  return isStable;
}

function startsAgain(skip: number): LockUsersError {
  return new LockUsersError({
    code: 'DATABASE_READ_FAILED',
    message: `The app database returns the first users again when asked for those after the first ${skip}.`,
    nextStep: ERROR_CATALOGUE.DATABASE_READ_FAILED.remedy
  });
}
