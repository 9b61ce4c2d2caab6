import chunk = require('lodash/chunk');
import { backendError } from '../requests/classify-response';
import { PAGE_SIZE } from '../platform-facts';
import { LockUsersError } from '../errors';
import { toErrorDetails } from '../to-error-parts';
import type { Roster } from '../users/Roster';
import type { Selection, UserState } from '../vocabulary';
import type { BackendApi, UserSource } from '../ports';
import { readPages } from '../requests/read-pages';
import type { RequestSender } from '../requests/RequestSender';

/** What observing needs. */
export interface ObserveJob {
  readonly sender: RequestSender;
  readonly backend: BackendApi;
  readonly userSource: UserSource;
  readonly selection: Selection;
  readonly roster: Roster;
  /** Takes users as soon as they are planned. */
  readonly onPlanned: (users: readonly number[]) => void;
}

/**
 * Reads the selected users and the lock states of all users at the same time, page by page, so that the first users are
 * planned long before the last are read.
 *
 * Where something cannot be read the run stops; the sender then has the reason. Never throws.
 */
export async function observeUsers(job: ObserveJob): Promise<void> {
  const { roster, sender, onPlanned } = job;
  const select = (userIds: readonly string[]): void => onPlanned(keepNumbers(userIds.map((id) => roster.select(id))));
  const show = (users: readonly UserState[]): void => onPlanned(keepNumbers(users.map((user) => roster.observe(user))));
  await Promise.all([
    stopOnError(sender, readSelectedIds(job, select)),
    stopOnError(sender, readUserStates(job, show))
  ]);
  // While pages are read, users that are deleted move others to pages that were read before.
  if (sender.stop === undefined && roster.hasUnlisted) await stopOnError(sender, readUserStates(job, show));
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
 * failed user in the report and not as one who was silently left out.
 */
async function readSelectedIds(job: ObserveJob, see: (userIds: readonly string[]) => void): Promise<void> {
  const { where, userIds } = job.selection;
  if (userIds === undefined) return readAllPages(job, job.selection, see);
  if (where === undefined) return see(userIds);
  for (const ids of chunk(userIds, PAGE_SIZE)) await readAllPages(job, { where, userIds: ids }, see);
}

/** Reads until a page is empty. Rows that moved between two pages may come twice and count once. */
async function readAllPages(
  { sender, userSource }: ObserveJob,
  selection: Selection,
  see: (userIds: readonly string[]) => void
): Promise<void> {
  let firstOfAll: string | undefined;
  await readPages(async (limit, skip) => {
    const items = await sender.read('database', (timeoutMs) =>
      userSource.readUserIds(selection, limit, skip, timeoutMs)
    );
    if (skip === 0) firstOfAll = items[0];
    else if (items.length > 0 && items[0] === firstOfAll) {
      throw new LockUsersError({
        code: 'DATABASE_READ_FAILED',
        message: `The app database returns the first users again when asked for those after the first ${skip}.`,
        nextStep: 'Run the task again; if it fails again, look at the state of the deployment.'
      });
    }
    return { items, isLast: false };
  }, see);
}

/** Shows every user of the deployment to `see`, following `more`. */
export async function readUserStates(
  { sender, backend }: Pick<ObserveJob, 'sender' | 'backend'>,
  see: (users: readonly UserState[]) => void
): Promise<void> {
  await readPages(async (limit, skip) => {
    const { users, more } = await sender.read('users', (timeoutMs) => backend.readUserStates(limit, skip, timeoutMs));
    if (more && users.length === 0) {
      throw backendError('BACKEND_PROTOCOL', `GET users promises more users after ${skip} and returns none.`);
    }
    return { items: users, isLast: !more };
  }, see);
}
