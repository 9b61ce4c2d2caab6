import type { ParsedRequest } from '../http/ParsedRequest';
import type { Backend } from './Backend';

/**
 * Whether a list has `total`. Documented ("Retrieve all objects"): samples have it, and requests from CloudCode only with
 * `total=true`. That the same holds for `GET users`, and that CloudCode's client is known by the scheme `Token`, is assumed.
 */
export function showsTotal({ switches }: Backend, { url, authorization }: ParsedRequest): boolean {
  if (url.searchParams.get('total') === 'true' || switches.listTotal === 'always') return true;
  return switches.listTotal === 'by-client' && authorization?.scheme.toLowerCase() !== 'token';
}
