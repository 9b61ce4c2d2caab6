import type { ErrorDetails } from '../errors';
import { stopsRun } from './classify-response';

/** Attempts that a request gets, those rejected with 429 not counted. Ours: with the backoff, half a minute at most. */
export const MAX_ATTEMPTS = 6;

/** Milliseconds of the first backoff, before jitter; each one after it is twice as long. Ours. */
export const BACKOFF_BASE_MS = 1000;

/** Milliseconds that a backoff is at most. Ours, as the AWS SDKs have it. */
const BACKOFF_CAP_MS = 20_000;

/**
 * Milliseconds that a run waits at most, whatever the server asks for: no next invocation, and no lease, lies further ahead than
 * such a wait explains. Ours.
 */
export const MAX_WAIT_MS = 3_600_000;

/** Attempts to reach an address at which nobody has ever answered. Ours: with the backoff, seven seconds at most. */
const MAX_FIRST_ATTEMPTS = 4;

/** Milliseconds after which no further such attempt is made. Ours: name servers may take seconds to say no. */
const MAX_FIRST_CONTACT_MS = 4000;

/** Least milliseconds to wait after a 429 that names no time. Documented: the announcement of the rate limits. */
const RATE_LIMIT_WAIT_MS = 1000;

/** A request that failed. */
export interface FailedRequest {
  readonly error: ErrorDetails;
  /** Which attempt it was, counting from 1. Attempts that were rejected with 429 do not count. */
  readonly attempt: number;
  /** Operations of a batch; 1 for a request about one user; 0 for all else. */
  readonly operations: number;
  /** Items of a page that is read, where it can be read in smaller pages. */
  readonly pageSize?: number | undefined;
  /** Whether it goes before all others. Default false. */
  readonly isAhead?: boolean | undefined;
  /** Whether it is sent again for as long as there is time, where its fault may pass. Default false. */
  readonly isPatient?: boolean;
  /** Milliseconds for which nobody has answered, where nobody ever has. */
  readonly unansweredMs?: number | undefined;
}

/**
 * What to do about a failed request: send it again after a wait (with 429 everybody waits), send a batch in two halves
 * (after a wait; `fresh` halves start counting attempts anew), note that the platform refuses this very operation,
 * give the request up, or stop the run.
 */
export type Decision =
  | { readonly kind: 'retry'; readonly waitMs: number; readonly pausesRun: boolean }
  | { readonly kind: 'split'; readonly waitMs: number; readonly fresh: boolean }
  | { readonly kind: 'refused' | 'give up' | 'stop' };

interface Rule {
  readonly name: string;
  readonly applies: (failed: FailedRequest) => boolean;
  readonly decide: (failed: FailedRequest, random: () => number) => Decision;
}

/**
 * The rules, the first that applies decides. Sending a change again is safe: a user in the goal state stays in it, and no
 * operation ever wipes, so a batch that was carried out without our knowing does no harm the second time.
 */
const RULES: readonly Rule[] = [
  {
    name: 'every further request would fail alike',
    applies: ({ error }) => error.code === 'INVARIANT' || stopsRun(error.code),
    decide: () => ({ kind: 'stop' })
  },
  {
    name: 'the rate limit is used up: what the server says is a floor, and chance only adds to our own wait',
    applies: ({ error }) => error.status === 429,
    decide: ({ error }, random) => ({
      kind: 'retry',
      waitMs: error.retryAfterMs ?? RATE_LIMIT_WAIT_MS * (1 + random() / 4),
      pausesRun: true
    })
  },
  {
    name: 'nobody has ever answered at this address: it is probably wrong',
    applies: ({ error, attempt, unansweredMs }) =>
      error.network === 'unreachable' &&
      unansweredMs !== undefined &&
      (attempt >= MAX_FIRST_ATTEMPTS || unansweredMs >= MAX_FIRST_CONTACT_MS),
    decide: () => ({ kind: 'give up' })
  },
  {
    name: 'it is refused: halve a batch until the operation that spoils it stands alone',
    applies: ({ error, operations }) => operations > 0 && [400, 404, 413, 422].includes(error.status ?? 0),
    decide: ({ operations }) => (operations > 1 ? { kind: 'split', waitMs: 0, fresh: true } : { kind: 'refused' })
  },
  {
    name: 'a page is too heavy, or its size is refused: ask for smaller pages',
    applies: ({ error, pageSize }) => pageSize !== undefined && (isTooHeavy(error) || isRefusedSize(error)),
    decide: () => ({ kind: 'split', waitMs: 0, fresh: true })
  },
  {
    name: 'the connection was reset twice: it is too large for something on the way',
    applies: ({ error, attempt, operations, pageSize }) =>
      error.network === 'connection' && attempt > 1 && (operations > 1 || pageSize !== undefined),
    // Size does not pass, so the wait does not grow.
    decide: (_failed, random) => ({ kind: 'split', waitMs: backOff(1, random), fresh: false })
  },
  {
    name: 'often enough',
    applies: ({ attempt, error, isPatient }) =>
      attempt >= MAX_ATTEMPTS && !isAppointment(error) && !(isPatient === true && isPassing(error)),
    decide: () => ({ kind: 'give up' })
  },
  {
    name: 'a batch took too long: send it in smaller pieces',
    applies: ({ error, operations }) => operations > 1 && isTooHeavy(error),
    decide: ({ attempt }, random) => ({ kind: 'split', waitMs: backOff(attempt, random), fresh: false })
  },
  {
    name: 'it may go better next time',
    applies: ({ error }) =>
      isPassing(error) ||
      error.network === 'garbled' ||
      error.retryAfterMs !== undefined ||
      error.code === 'BACKEND_PROTOCOL' ||
      // An object of a batch of `DB`; an operation of ours is never repeated for this alone.
      (error.code === 'RECORD_FAILED' && error.platformType === 'INTERNAL_SERVER_ERROR'),
    decide: ({ attempt }, random) => ({ kind: 'retry', waitMs: backOff(attempt, random), pausesRun: false })
  },
  { name: 'it would not go better', applies: () => true, decide: () => ({ kind: 'give up' }) }
];

/**
 * What the server asks to wait is a floor under every wait, and no wait is longer than an hour.
 *
 * @param random a number from 0 to 1, each time another
 */
export function decideRetry(failed: FailedRequest, random: () => number): Decision {
  const decision = RULES.find((rule) => rule.applies(failed))?.decide(failed, random) ?? { kind: 'give up' };
  if (decision.kind !== 'retry' && decision.kind !== 'split') return decision;
  return { ...decision, waitMs: Math.min(MAX_WAIT_MS, Math.max(decision.waitMs, failed.error.retryAfterMs ?? 0)) };
}

/** Whether a request that failed so may have been carried out: there was no answer, or a server's fault came in between. */
export function mayBeCarriedOut({ network, status }: ErrorDetails): boolean {
  return network !== 'unreachable' && (status === undefined || status === 408 || status >= 500);
}

/** Whether a fault is one of those that pass by themselves. */
function isPassing({ network, status = 0 }: ErrorDetails): boolean {
  const isLost = network === 'timeout' || network === 'connection' || network === 'unreachable';
  return isLost || status === 408 || status === 425 || status >= 500;
}

/** Whether the server is closed for a while and says for how long, so that coming back is no attempt of ours. */
function isAppointment({ status, retryAfterMs }: ErrorDetails): boolean {
  return status === 503 && retryAfterMs !== undefined;
}

/** Whether a smaller page or batch may succeed: no answer in time or one that is too large, or a gateway that gave up. */
function isTooHeavy({ network, status }: ErrorDetails): boolean {
  return network === 'timeout' || network === 'too large' || status === 413 || status === 502 || status === 504;
}

/** Whether the server may not take a page of this size. */
export function isRefusedSize({ status }: ErrorDetails): boolean {
  return status === 400 || status === 422;
}

/** Exponential backoff with full jitter, in milliseconds; with half of it where a fault lasts, so that its waits do not shrink. */
function backOff(attempt: number, random: () => number): number {
  const mostMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1));
  return attempt > MAX_ATTEMPTS ? (mostMs * (1 + random())) / 2 : random() * mostMs;
}
