import { hash } from 'node:crypto';
import type { BackendState } from './BackendState';
import { openSession } from './Session';

/** How many users to add, and how many of them are in a special state. The groups do not overlap. */
export interface SeedRequest {
  readonly users: number;
  /** Users who are locked already, with a LOCKED session. Default 0. */
  readonly locked?: number;
  /** Users with two ENROLLED sessions. Default 0. */
  readonly twoDevices?: number;
  /** Users who were never in the app. Default 0. */
  readonly neverEnrolled?: number;
  /** The same seed makes the same users in an empty backend. Default 1. */
  readonly seed?: number;
}

/** Ids of the users that were added: all of them, and those of each group. The others have one ENROLLED session. */
export interface SeedResult {
  readonly userIds: readonly string[];
  readonly lockedIds: readonly string[];
  readonly twoDeviceIds: readonly string[];
  readonly neverEnrolledIds: readonly string[];
}

/** Most users of a backend: with more, this process runs out of memory. */
const MAX_USERS = 1_000_000;

const FIRST_NAMES = ['Amina', 'Bongani', 'Chloe', 'Dewald', 'Elena', 'Farid', 'Grace', 'Hannes', 'Imani', 'Jonas'];
const LAST_NAMES = ['Adams', 'Botha', 'Cele', 'Dlamini', 'Evans', 'Fourie', 'Gumede', 'Hassan', 'Jacobs', 'Khumalo'];

/**
 * Adds users: plain ones first, then those with two devices, those who were never in the app, and the locked ones.
 * Fields of the user model called `name`, `email` and `role` are filled where there are such.
 *
 * @throws Error naming the number that is wrong
 */
export function seedUsers(state: BackendState, request: SeedRequest): SeedResult {
  const { users, locked = 0, twoDevices = 0, neverEnrolled = 0, seed = 1 } = request;
  for (const [name, value] of Object.entries({ users, locked, twoDevices, neverEnrolled, seed })) {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`"${name}" must be a whole number of at least 0.`);
  }
  const plain = users - locked - twoDevices - neverEnrolled;
  if (plain < 0) throw new Error('"locked", "twoDevices" and "neverEnrolled" together are more than "users".');

  const already = state.users().length;
  if (already + users > MAX_USERS) {
    throw new Error(`"users" may be ${MAX_USERS - already} at most: a backend has room for ${MAX_USERS} users.`);
  }
  const describe = describeUsers(state);
  const userIds = Array.from({ length: users }, (_, index) => {
    const number = already + index;
    return state.replace(state.userModel, makeUuid(`${seed}:${number}`), describe(number)).id;
  });
  const twoDeviceIds = userIds.slice(plain, plain + twoDevices);
  const neverEnrolledIds = userIds.slice(plain + twoDevices, plain + twoDevices + neverEnrolled);
  const lockedIds = userIds.slice(users - locked);
  const enrolled = [...userIds.slice(0, plain + twoDevices), ...lockedIds];
  enrolled.forEach((id, index) => addSession(state, id, `${seed}:${id}:1`, index));
  twoDeviceIds.forEach((id, index) => addSession(state, id, `${seed}:${id}:2`, index));
  for (const id of lockedIds) {
    const user = state.user(id);
    user.locked = true;
    for (const session of user.sessions) Object.assign(session, { state: 'LOCKED', signedOutAt: state.now() });
  }
  return { userIds, lockedIds, twoDeviceIds, neverEnrolledIds };
}

/** Gives the fields of the user with a number, as far as the user model has them. */
function describeUsers(state: BackendState): (number: number) => Readonly<Record<string, string | null>> {
  const { fields } = state.store(state.userModel).model;
  const roles = [...(fields.get('role')?.options.keys() ?? [])];
  return (number) => {
    const first = FIRST_NAMES[number % FIRST_NAMES.length] ?? '';
    const last = LAST_NAMES[Math.floor(number / FIRST_NAMES.length) % LAST_NAMES.length] ?? '';
    return {
      ...(fields.has('name') && { name: `${first} ${last}` }),
      ...(fields.has('email') && { email: `${first}.${last}.${number + 1}@example.test`.toLowerCase() }),
      ...(fields.has('role') && { role: roles[number % roles.length] ?? null })
    };
  };
}

function addSession(state: BackendState, userId: string, key: string, index: number): void {
  const user = state.user(userId);
  const platform = index % 3 === 0 ? 'IOS' : 'ANDROID';
  const [id, deviceId] = [makeUuid(`session:${key}`), makeUuid(`device:${key}`)];
  openSession(user, { id, deviceId, platform, now: state.now() });
}

/** A lower-case version 4 UUID that depends on the key alone. */
function makeUuid(key: string): string {
  const hex = hash('sha256', key);
  const variant = '89ab'[parseInt(hex[16] ?? '0', 16) % 4] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
