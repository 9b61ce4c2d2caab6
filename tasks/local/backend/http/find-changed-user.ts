/** Requests that change one user, or one session of a user, and nobody else. */
const SINGLE_CHANGE = /^users\/([^/]+)\/(?:lock|unlock|sessions\/[^/]+\/(?:wipe|re-authenticate))\/?$/;

/**
 * The id of the one user whom a request changes; undefined where it is no such request.
 *
 * @param path below the base address, as it came
 */
export function findChangedUser(method: string, path: string): string | undefined {
  const [, encoded] = (method === 'POST' && SINGLE_CHANGE.exec(path)) || [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // No address of the API: it is answered with 404.
    return undefined;
  }
}
