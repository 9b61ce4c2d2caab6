import type { Checked } from './Check';
import { Secret } from './Secret';

/** Where the Backend API of a deployment is, and how to get in. */
export interface BackendAccess {
  /** Base address of the Backend API, ending in `/api/v4/<24 hex digits>`, without a slash after it. */
  readonly backendUrl: string;
  /** The 24 hex digits at the end of the address. */
  readonly backendId: string;
  readonly token: Secret;
  /** How the token is sent: `Bearer` for a named token (documented), `Token` for the runtime's own (seen in a sample). */
  readonly authScheme: 'Bearer' | 'Token';
}

/** For sentences about an address that is missing or wrong. */
const WHERE_TO_FIND_THE_ADDRESS =
  'It is on the "Manage API" page of the data browser and ends in /api/v4/ and 24 hex digits.';

/** Checks the address of a backend. */
export function checkAddress(value: unknown, name: string): Checked<Pick<BackendAccess, 'backendUrl' | 'backendId'>> {
  if (isQuoted(String(value))) return { mistakes: [`${name} is in quotes. Give the address without them.`] };
  let url: URL;
  try {
    url = new URL(String(value));
  } catch {
    return { mistakes: [`${name} is not an address. ${WHERE_TO_FIND_THE_ADDRESS}`] };
  }
  if (url.username !== '' || url.password !== '') {
    return { mistakes: [`${name} must not hold a user name or password; the token has its own variable.`] };
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return { mistakes: [`${name} must start with https:// (http:// is for loopback only).`] };
  }
  const backendId = /^\/api\/v4\/([0-9a-f]{24})\/?$/i.exec(url.pathname)?.[1];
  if (backendId === undefined || url.search !== '' || url.hash !== '') {
    return { mistakes: [`${name} does not look right. ${WHERE_TO_FIND_THE_ADDRESS}`] };
  }
  return { value: { backendUrl: `${url.origin}/api/v4/${backendId}`, backendId } };
}

/** Checks a token; the sentence never repeats it. */
export function checkToken(value: unknown, name: string): Checked<Secret> {
  if (isQuoted(String(value))) return { mistakes: [`${name} is in quotes. Give the token without them.`] };
  return /^[\x21-\x7e]+$/.test(String(value))
    ? { value: new Secret(String(value)) }
    : {
        mistakes: [
          `${name} has a space or another character that no token has. Give the token alone, without "Bearer".`
        ]
      };
}

/** Sentences about what is not set of the two variables. */
export function findMissingAccess(
  read: (name: 'JOURNEY_BACKEND_URL' | 'JOURNEY_API_TOKEN') => string | undefined
): string[] {
  const missing: string[] = [];
  if (read('JOURNEY_BACKEND_URL') === undefined) {
    missing.push(`JOURNEY_BACKEND_URL is not set. ${WHERE_TO_FIND_THE_ADDRESS}`);
  }
  if (read('JOURNEY_API_TOKEN') === undefined) {
    missing.push('JOURNEY_API_TOKEN is not set. Create a named token on the "Manage API" page of the data browser.');
  }
  return missing;
}

/** The address and the token that the runtime offers, if it does. @param runtime what the task was called on */
export function findBackend(runtime: unknown): { readonly url: string; readonly token: string } | undefined {
  const { backend } = (runtime ?? {}) as { readonly backend?: { readonly url?: unknown; readonly token?: unknown } };
  const { url, token } = backend ?? {};
  return typeof url === 'string' && typeof token === 'string' && url !== '' && token !== ''
    ? { url, token }
    : undefined;
}

/** Whether a quotation mark of any kind stands at the beginning or the end: no address or token has one there. */
function isQuoted(text: string): boolean {
  return /^["'`\u00ab\u00bb\u2018-\u201f\u2039\u203a]|["'`\u00ab\u00bb\u2018-\u201f\u2039\u203a]$/.test(text);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
