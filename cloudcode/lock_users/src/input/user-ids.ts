/** Documented: ids are lower-case UUIDs (docs.journeyapps.com, Backend API, "Update a single object"). */
const USER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A sentence about the first of `ids` that is no user id, or undefined where all are.
 *
 * Strict on purpose: an id that matches nobody protects nobody, and would do so without a word.
 */
export function findInvalidUserId(ids: readonly unknown[]): string | undefined {
  for (const [index, id] of ids.entries()) {
    if (typeof id === 'string' && USER_ID.test(id)) continue;
    return `entry ${index + 1} (${describeValue(id)}) is not a user id: ids are lower-case UUIDs such as 0f0e0d0c-1111-4222-8333-444444444401`;
  }
  return undefined;
}

/** A value as JSON, cut to 60 characters, for an error message. */
export function describeValue(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
