import { timingSafeEqual } from 'node:crypto';

/**
 * Whether an `Authorization` header lets its sender in. `Bearer` (documented), `Token` (the vendor's library) and
 * `Basic` with the backend deployment's id as user name (documented samples) are taken, whatever their letter case.
 */
export function isAuthorized(header: string | undefined, token: string, backendId: string): boolean {
  const [scheme = '', credentials = ''] = (header ?? '').split(/\s+(.*)/);
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return isSame(credentials, token);
    case 'basic':
      return isSame(Buffer.from(credentials, 'base64').toString('utf8'), `${backendId}:${token}`);
    default:
      return false;
  }
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The scheme that a request's `Authorization` header names, as it was written. */
export function authScheme(header: string | undefined): string | undefined {
  return header?.split(/\s/)[0];
}
