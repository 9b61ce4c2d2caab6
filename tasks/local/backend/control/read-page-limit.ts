import type { ParsedRequest } from '../http/ParsedRequest';
import { isRecord } from '../http/read-json-object';

const QUERY = /^POST objects\/[^/]+\/query\.json$/;
const LIST = /^GET (?:users|objects\/[^/]+\.json)\/?$/;

/** Whether a request only reads. */
export function isRead({ method, name }: ParsedRequest): boolean {
  return method === 'GET' || QUERY.test(name);
}

/** The page size that a list request asks for, Infinity where it names none; undefined for any other request. */
export function readPageLimit({ name, url, json }: ParsedRequest): number | undefined {
  if (QUERY.test(name)) return readLimit(isRecord(json) ? json['limit'] : undefined);
  return LIST.test(name) ? readLimit(url.searchParams.get('limit')) : undefined;
}

function readLimit(limit: unknown): number {
  return limit === null || limit === undefined || limit === '' ? Infinity : Number(limit);
}
