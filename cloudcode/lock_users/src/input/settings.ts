import uniq = require('lodash/uniq');
import { findInvalidUserId } from './user-ids';
import { suggestName } from './did-you-mean';
import {
  DEFAULT_BUDGET_SECONDS,
  DEFAULT_BURST,
  DEFAULT_RATE,
  MAX_BUDGET_SECONDS,
  MIN_WEB_SECRET_LENGTH
} from '../platform-facts';
import { LockUsersError } from '../errors';
import { Secret } from './Secret';
import type { Pace } from '../requests/TokenBucket';

/** What the deployment's environment variables say, checked. */
export interface Settings {
  /** Base address of the Backend API, ending in `/api/v4/<24 hex digits>`, without a slash after it. */
  readonly backendUrl: string;
  /** The 24 hex digits at the end of the address. */
  readonly backendId: string;
  readonly token: Secret;
  /** How the token is sent: `Bearer` for a named token (documented), `Token` for the runtime's own (seen in a sample). */
  readonly authScheme: 'Bearer' | 'Token';
  /** False: every trigger only plans. */
  readonly armed: boolean;
  /** Users who are never locked. */
  readonly protectedIds: readonly string[];
  /** A run that would lock more is refused; undefined: no limit. */
  readonly maxUsers?: number;
  /** Name of the app's user model in `DB`. */
  readonly userModel: string;
  /** How fast requests may leave, reads included. */
  readonly pace: Pace;
  /** Milliseconds of an invocation in which requests may leave. */
  readonly budgetMs: number;
}

const OWN_VARIABLES = [
  'LOCK_USERS_ARMED',
  'LOCK_USERS_PROTECTED',
  'LOCK_USERS_MAX_USERS',
  'LOCK_USERS_USER_MODEL',
  'LOCK_USERS_RATE',
  'LOCK_USERS_BURST',
  'LOCK_USERS_BUDGET_SECONDS',
  'LOCK_USERS_WEB_SECRET'
] as const;

const WHERE_TO_FIND_THE_ADDRESS =
  'It is on the "Manage API" page of the data browser and ends in /api/v4/ and 24 hex digits.';

/**
 * Checks the deployment's environment variables; an empty one counts as not set.
 *
 * @param runtime what the task was called on: where neither the address nor the token is set, its `backend` has both
 *   (seen in a sample of the vendor's staff, not documented)
 * @throws LockUsersError `INVALID_SETTINGS`, naming every mistake at once, and never a value that may be a token.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>, runtime?: unknown): Settings {
  const mistakes: string[] = [];
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;

  // A mistyped LOCK_USERS_PROTECTED would protect nobody, so names that look like ours and are not are mistakes.
  for (const name of Object.keys(environment)) {
    if (/^LOCK_?USERS?_/i.test(name) && !(OWN_VARIABLES as readonly string[]).includes(name)) {
      mistakes.push(`Unknown variable ${name}. ${suggestName(name, OWN_VARIABLES)}`);
    }
  }
  const given = { url: read('JOURNEY_BACKEND_URL'), token: read('JOURNEY_API_TOKEN') };
  const ownBackend = given.url === undefined && given.token === undefined ? findBackend(runtime) : undefined;
  const address = parseAddress(ownBackend?.url ?? given.url, mistakes);
  const token = parseToken(ownBackend?.token ?? given.token, mistakes);
  const armed = read('LOCK_USERS_ARMED') ?? 'false';
  if (armed !== 'true' && armed !== 'false') mistakes.push('LOCK_USERS_ARMED must be true or false.');

  const protectedIds = (read('LOCK_USERS_PROTECTED') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const wrongId = findInvalidUserId(protectedIds);
  if (wrongId !== undefined) mistakes.push(`In LOCK_USERS_PROTECTED, ${wrongId}.`);

  const maxUsers = read('LOCK_USERS_MAX_USERS');
  if (maxUsers !== undefined && !/^[1-9][0-9]{0,14}$/.test(maxUsers)) {
    mistakes.push('LOCK_USERS_MAX_USERS must be a whole number of at least 1.');
  }
  const userModel = read('LOCK_USERS_USER_MODEL') ?? 'user';
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(userModel)) {
    mistakes.push('LOCK_USERS_USER_MODEL must be the name of a model: letters, digits and underscores.');
  }

  const rate = read('LOCK_USERS_RATE') ?? String(DEFAULT_RATE);
  if (!isNumberBetween(rate, 0.1, 1000)) mistakes.push('LOCK_USERS_RATE must be a number from 0.1 to 1000.');
  const burst = read('LOCK_USERS_BURST') ?? String(DEFAULT_BURST);
  if (!isNumberBetween(burst, 1, 100_000)) mistakes.push('LOCK_USERS_BURST must be a number from 1 to 100000.');
  const budget = read('LOCK_USERS_BUDGET_SECONDS') ?? String(DEFAULT_BUDGET_SECONDS);
  if (!isNumberBetween(budget, 1, MAX_BUDGET_SECONDS)) {
    mistakes.push(`LOCK_USERS_BUDGET_SECONDS must be a number from 1 to ${MAX_BUDGET_SECONDS}.`);
  }
  const webSecret = read('LOCK_USERS_WEB_SECRET');
  if (webSecret !== undefined && !isWebSecret(webSecret)) {
    mistakes.push(`LOCK_USERS_WEB_SECRET must have at least ${MIN_WEB_SECRET_LENGTH} characters, without spaces.`);
  }

  if (mistakes.length > 0 || address === undefined || token === undefined) {
    throw new LockUsersError({
      code: 'INVALID_SETTINGS',
      message: mistakes.join(' '),
      nextStep: 'Correct the environment variables of the deployment in OXIDE, save, and deploy the app.'
    });
  }
  return {
    ...address,
    token,
    authScheme: ownBackend === undefined ? 'Bearer' : 'Token',
    armed: armed === 'true',
    protectedIds: uniq(protectedIds),
    userModel,
    pace: { rate: Number(rate), burst: Number(burst) },
    budgetMs: Number(budget) * 1000,
    ...(maxUsers !== undefined && { maxUsers: Number(maxUsers) })
  };
}

/** Whether a text may be the secret of web requests: printable ASCII without spaces, as a header can carry it. */
export function isWebSecret(text: string): boolean {
  return text.length >= MIN_WEB_SECRET_LENGTH && /^[\x21-\x7e]+$/.test(text);
}

function findBackend(runtime: unknown): { readonly url: string; readonly token: string } | undefined {
  const { backend } = (runtime ?? {}) as { readonly backend?: { readonly url?: unknown; readonly token?: unknown } };
  const { url, token } = backend ?? {};
  return typeof url === 'string' && typeof token === 'string' && url !== '' && token !== ''
    ? { url, token }
    : undefined;
}

function isNumberBetween(text: string, least: number, most: number): boolean {
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function parseAddress(
  value: string | undefined,
  mistakes: string[]
): Pick<Settings, 'backendUrl' | 'backendId'> | undefined {
  if (value === undefined) {
    mistakes.push(`JOURNEY_BACKEND_URL is not set. ${WHERE_TO_FIND_THE_ADDRESS}`);
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    mistakes.push(`JOURNEY_BACKEND_URL is not an address. ${WHERE_TO_FIND_THE_ADDRESS}`);
    return undefined;
  }
  if (url.username !== '' || url.password !== '') {
    mistakes.push('JOURNEY_BACKEND_URL must not hold a user name or password; the token has its own variable.');
    return undefined;
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    mistakes.push('JOURNEY_BACKEND_URL must start with https:// (http:// is for loopback only).');
    return undefined;
  }
  const backendId = /^\/api\/v4\/([0-9a-f]{24})\/?$/i.exec(url.pathname)?.[1];
  if (backendId === undefined || url.search !== '' || url.hash !== '') {
    mistakes.push(`JOURNEY_BACKEND_URL does not look right. ${WHERE_TO_FIND_THE_ADDRESS}`);
    return undefined;
  }
  return { backendUrl: `${url.origin}/api/v4/${backendId}`, backendId };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parseToken(value: string | undefined, mistakes: string[]): Secret | undefined {
  if (value === undefined) {
    mistakes.push('JOURNEY_API_TOKEN is not set. Create a named token on the "Manage API" page of the data browser.');
    return undefined;
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    mistakes.push(
      'JOURNEY_API_TOKEN has a space or another character that no token has. Give the token alone, without "Bearer".'
    );
    return undefined;
  }
  return new Secret(value);
}
