import type { Authorization, ParsedRequest, RawRequest } from './ParsedRequest';
import { isLock, isRecord, isUnlock } from './read-json-object';

/** Requests that change one user, or one session of a user. */
const SINGLE_CHANGE = /^POST users\/([^/]+)\/(?:lock|unlock|sessions\/[^/]+\/(?:wipe|re-authenticate))\/?$/;

/** Reads a request. Nothing in it is an error here: each handler says what it needs. */
export function parseRequest({ method, url, body, ...headers }: RawRequest): ParsedRequest {
  const name = `${method} ${url.pathname.replace(/^\/api\/v4\/[^/]*\//, '')}`;
  const json = parseJson(body);
  const operations = name === 'POST batch.json' ? readOperations(json) : [];
  const isLockBatch = operations.some(isLock);
  const changedUser = findChangedUser(name);
  return {
    method,
    url,
    area: chooseArea(url.pathname),
    segments: decodePath(url.pathname),
    name,
    authorization: parseAuthorization(headers.authorization),
    isFromDevice: headers.authenticationType === 'Device',
    refusesCache: /\bno-(?:cache|store)\b/i.test(headers.cacheControl ?? ''),
    knownVersions: (headers.ifNoneMatch ?? '').split(',').map((version) => version.trim().replace(/^W\//, '')),
    isJson: /^application\/json\b/i.test(headers.contentType ?? ''),
    isForm: /^application\/x-www-form-urlencoded\b|^$/i.test(headers.contentType ?? ''),
    body,
    json,
    operations,
    isLockBatch,
    changesUsers: isLockBatch || operations.some(isUnlock) || changedUser !== undefined,
    userIds: changedUser === undefined ? operations.map(readUserId) : [changedUser]
  };
}

function chooseArea(pathname: string): ParsedRequest['area'] {
  if (pathname.startsWith('/_device/')) return 'device';
  return pathname.startsWith('/_local/') ? 'local' : 'api';
}

function decodePath(pathname: string): string[] | undefined {
  const segments = pathname.split('/').filter(Boolean);
  if (!pathname.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function parseAuthorization(header: string | undefined): Authorization | undefined {
  if (header === undefined) return undefined;
  const [scheme = '', credentials = ''] = header.split(/\s+(.*)/);
  return { scheme, credentials };
}

function parseJson(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readOperations(json: unknown): readonly unknown[] {
  return isRecord(json) && Array.isArray(json['operations']) ? json['operations'] : [];
}

function readUserId(operation: unknown): string {
  return (operation as { user_id?: string } | null)?.user_id ?? '';
}

/** The id of the one user that a request changes; undefined where it is no such request. */
function findChangedUser(name: string): string | undefined {
  const [, encoded] = SINGLE_CHANGE.exec(name) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not a path of the API: it is answered with 404.
    return undefined;
  }
}
