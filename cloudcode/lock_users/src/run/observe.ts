import chunk = require('lodash/chunk');
import { ERROR_CATALOGUE, LockUsersError, toErrorDetails } from '../errors';
import type { Selection } from '../input/where';
import { PAGE_SIZE } from '../platform-facts';
import { backendError } from '../requests/classify-response';
import { readPages } from '../requests/read-pages';
import type { RequestSender } from '../requests/RequestSender';
import type { UserState } from '../users/UserState';
import type { ActiveRun } from './ActiveRun';
import type { RunContext } from './RunContext';

/**
 * Reads the selected users and the lock states of all users at the same time, page by page, so that the first users are
 * planned long before the last are read.
 *
 * Where something cannot be read the run stops; the sender then has the reason. Never throws.
 *
 * @param onPlanned takes users as soon as they are planned
 */
export async function observeUsers(run: ActiveRun, onPlanned: (users: readonly number[]) => void): Promise<void> {
  const { roster, sender } = run;
  const select = (userIds: readonly string[]): void => onPlanned(keepNumbers(userIds.map((id) => roster.select(id))));
  const observe = (users: readonly UserState[]): void =>
    onPlanned(keepNumbers(users.map((user) => roster.observe(user))));
  await Promise.all([
    stopOnError(sender, readSelectedIds(run, select)),
    stopOnError(sender, readUserStates(run, observe))
  ]);
  // While pages are read, users that are deleted move others to pages that were read before.
  if (sender.stop === undefined && roster.hasUnlisted) await stopOnError(sender, readUserStates(run, observe));
  // Also where reading failed: whoever was selected has a place in the report.
  onPlanned(roster.planUnlisted(sender.stop === undefined));
}

function keepNumbers(values: readonly (number | undefined)[]): number[] {
  return values.filter((value): value is number => value !== undefined);
}

async function stopOnError(sender: RequestSender, reading: Promise<void>): Promise<void> {
  try {
    await reading;
  } catch (error) {
    sender.stopWith(toErrorDetails(error));
  }
}

/**
 * Users named by id alone are taken as named: the platform decides whether they exist, so that a wrong id ends as a
 * failed user in the report and is not silently left out.
 */
async function readSelectedIds(run: ActiveRun, see: (userIds: readonly string[]) => void): Promise<void> {
  const { where, userIds } = run.selection;
  if (userIds === undefined) return readAllPages(run, run.selection, see);
  if (where === undefined) return see(userIds);
  for (const ids of chunk(userIds, PAGE_SIZE)) await readAllPages(run, { where, userIds: ids }, see);
}

/** Reads until a page is empty. Rows that moved between two pages may come twice and count once. */
async function readAllPages(
  { sender, ports }: RunContext,
  selection: Selection,
  see: (userIds: readonly string[]) => void
): Promise<void> {
  let firstOfAll: string | undefined;
  await readPages(async (limit, skip) => {
    const items = await sender.read('database', (timeoutMs) =>
      ports.userSource.readUserIds(selection, limit, skip, timeoutMs)
    );
    if (skip === 0) firstOfAll = items[0];
    else if (items.length > 0 && items[0] === firstOfAll) {
      throw new LockUsersError({
        code: 'DATABASE_READ_FAILED',
        message: `The app database returns the first users again when asked for those after the first ${skip}.`,
        nextStep: ERROR_CATALOGUE.DATABASE_READ_FAILED.remedy
      });
    }
    return { items, isLast: false };
  }, see);
}

/** Shows every user of the deployment to `see`, following `more`. */
export async function readUserStates(
  { sender, ports }: RunContext,
  see: (users: readonly UserState[]) => void
): Promise<void> {
  await readPages(async (limit, skip) => {
    const { users, more } = await sender.read('users', (timeoutMs) =>
      ports.backend.readUserStates(limit, skip, timeoutMs)
    );
    if (more && users.length === 0) {
      throw backendError('BACKEND_PROTOCOL', `GET users promises more users after ${skip} and returns none.`);
    }
    return { items: users, isLast: !more };
  }, see);
}
