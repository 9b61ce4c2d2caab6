import chunk = require('lodash/chunk');
import { backendError } from './core/classify-answer';
import { PAGE_SIZE } from './core/limits';
import { LockUsersError } from './core/LockUsersError';
import type { Selection, UserState } from './core/vocabulary';
import type { BackendApi, UserSource } from './ports';

/** Counts the requests of a run as they are made. */
export interface RequestTally {
  info: number;
  database: number;
  users: number;
  batch: number;
}

/**
 * Ids of the selected users, each once, in a stable order.
 *
 * Users named by id alone are taken as named: the platform decides whether they exist, so that a wrong id ends as a
 * failed user in the report and not as one who was silently left out.
 */
export async function readSelectedIds(
  source: UserSource,
  selection: Selection,
  requests: RequestTally
): Promise<string[]> {
  const { where, userIds } = selection;
  if (userIds === undefined) return readAllPages(source, selection, requests);
  if (where === undefined) return [...userIds];
  const matching = new Set<string>();
  for (const ids of chunk(userIds, PAGE_SIZE)) {
    for (const id of await readAllPages(source, { where, userIds: ids }, requests)) matching.add(id);
  }
  return [...matching];
}

/**
 * Reads pages until one is empty, stepping by what came back, so that a short page in the middle ends nothing.
 * Rows that moved between two pages may come twice and count once.
 */
async function readAllPages(source: UserSource, selection: Selection, requests: RequestTally): Promise<string[]> {
  const ids = new Set<string>();
  let pagesWithoutNewIds = 0;
  for (let skip = 0; ;) {
    requests.database++;
    const page = await source.readUserIds(selection, PAGE_SIZE, skip);
    if (page.length === 0) return [...ids];
    const before = ids.size;
    for (const id of page) ids.add(id);
    pagesWithoutNewIds = ids.size === before ? pagesWithoutNewIds + 1 : 0;
    if (pagesWithoutNewIds === 2) {
      throw new LockUsersError({
        code: 'DATABASE_READ_FAILED',
        what: `The app database returns the same users page after page (${ids.size} so far).`,
        nextStep: 'Run the task again; if it fails again, look at the state of the deployment.'
      });
    }
    skip += page.length;
  }
}

/** Shows every user of the deployment with the lock state to `see`, following `more` page by page. */
export async function readUserStates(
  backend: BackendApi,
  requests: RequestTally,
  see: (user: UserState) => void
): Promise<void> {
  for (let skip = 0; ;) {
    requests.users++;
    const { users, more } = await backend.readUserStates(PAGE_SIZE, skip);
    users.forEach(see);
    if (!more) return;
    if (users.length === 0) {
      throw backendError('BACKEND_PROTOCOL', `GET users promises more users after ${skip} and returns none.`);
    }
    skip += users.length;
  }
}
