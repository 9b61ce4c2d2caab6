import type { Checked } from './Check';
import { describeValue } from './Check';

/** Assumed: ids are lower-case UUIDs, as in all samples (docs.journeyapps.com, Backend API). */
const USER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is an id as the platform makes them: of a user, or of any other object. */
export function isObjectId(text: string): boolean {
  return USER_ID.test(text);
}

/**
 * Checks a list of user ids, and removes repetitions.
 *
 * Strict on purpose: an id that matches nobody protects nobody, and would do so without a word.
 */
export function checkUserIds(ids: readonly unknown[], name: string): Checked<readonly string[]> {
  for (const [index, id] of ids.entries()) {
    if (typeof id === 'string' && isObjectId(id)) continue;
    const mistake = `In ${name}, entry ${index + 1} (${describeValue(id)}) is not a user id: ids are lower-case UUIDs such as 0f0e0d0c-1111-4222-8333-444444444401.`;
    return { mistakes: [mistake] };
  }
  return { value: [...new Set(ids as readonly string[])] };
}

/**
 * The id of a user in an answer of the platform or of the database; undefined where it is none. A UUID is the same in capitals (RFC
 * 9562), so it is taken in lower case: else somebody who is protected by the one spelling would be locked by the other.
 */
export function readUserId(id: unknown): string | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const lowerCase = id.toLowerCase();
  // For nearly all ids the two are the same, and the pattern is not tried.
  return lowerCase !== id && isObjectId(lowerCase) ? lowerCase : id;
}

/** Whether an id stays one part of an address: `..` or `a/b` would be another route. */
export function isAddressable(id: string): boolean {
  return /^[\w-]+$/.test(id);
}
