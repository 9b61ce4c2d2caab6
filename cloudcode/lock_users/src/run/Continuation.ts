import isPlainObject = require('lodash/isPlainObject');
import { readFinding } from '../actions/BatchUnlock';
import type { BatchUnlockFinding } from '../actions/BatchUnlock';
import type { BucketState } from '../requests/TokenBucket';
import type { SessionCounts } from '../users/SessionLedger';

/**
 * Invocations that a run may have. Ours: 1000 of them are three days, and unlocking a million users one by one takes half of
 * that at the default pace.
 */
const MAX_INVOCATIONS = 1000;

/** Invocations in a row that may change nobody before a run gives up. Ours. */
const MAX_IDLE_INVOCATIONS = 2;

/**
 * What an invocation hands over to the next one of the same run. It holds no users: the next invocation finds out by itself
 * who is still missing.
 */
export interface Continuation {
  readonly runId: string;
  /** Which invocation this is; the first one, which is handed nothing, is 1. */
  readonly invocation: number;
  /** When the first one began, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Invocations in a row, up to the last one, that changed nobody. */
  readonly idleInvocations: number;
  /** Most users that an earlier invocation knew to be in the goal state. */
  readonly doneSeen: number;
  /** Users that earlier invocations brought to it, by the answers they got. */
  readonly done: number;
  /** Users that they sent and never heard of, each as often as that happened. */
  readonly unconfirmed: number;
  /** Users that were in it when the first invocation looked; undefined where none has seen everybody. */
  readonly alreadyBefore?: number;
  /** Sessions that were `RESET` when the run began; undefined where no invocation has seen everybody. */
  readonly resetSessions?: number;
  /** With `reauthenticate`: sessions that were still to be signed out when the last invocation began. */
  readonly sessionsDue?: number;
  /** Whether the users that were sent first were seen to be locked, and no session of theirs turned `RESET`; default: not yet. */
  readonly canaryPassed?: true;
  /** What the run has found out about unlocking in batches, if anything. */
  readonly batchUnlock?: BatchUnlockFinding;
  readonly bucket: BucketState;
}

/** What one invocation has achieved. */
export interface InvocationResult {
  readonly already: number;
  readonly done: number;
  /** Users that were sent, and that nobody knows about. */
  readonly unconfirmed: number;
  /** Users that earlier invocations brought to the goal state, as far as it is known now. */
  readonly doneEarlier: number;
  /** Whether every user was read. */
  readonly isComplete: boolean;
  /** Whether it has sent nobody again yet, because what came of the first time may not show so soon. */
  readonly isWaiting: boolean;
  /** Sessions that were `RESET` before anything was sent. */
  readonly resetBefore: number;
  /** Whether the users that were sent first show that the others may be sent. */
  readonly canaryPassed?: boolean;
  readonly sessions?: SessionCounts | undefined;
  readonly batchUnlock?: BatchUnlockFinding | undefined;
  readonly bucket: BucketState;
}

/** What the next invocation is handed; undefined where it would be of no use. */
export function continueRun(
  { runId, startedAtMs }: Pick<Continuation, 'runId' | 'startedAtMs'>,
  previous: Continuation | undefined,
  {
    already,
    done,
    unconfirmed,
    doneEarlier,
    isComplete,
    isWaiting,
    resetBefore,
    canaryPassed,
    sessions,
    batchUnlock,
    bucket
  }: InvocationResult
): Continuation | undefined {
  const invocation = previous?.invocation ?? 1;
  const doneSeen = previous?.doneSeen ?? already;
  // A batch whose answer was lost shows up as users that are in it already.
  const idle = done === 0 && already <= doneSeen && !hasSignedOut(sessions, previous);
  const alreadyBefore = previous?.alreadyBefore ?? (isComplete ? Math.max(0, already - doneEarlier) : undefined);
  // What a later invocation finds may have turned so since.
  const resetSessions = previous === undefined && isComplete ? resetBefore : previous?.resetSessions;
  const idleInvocations = idle ? (previous?.idleInvocations ?? 0) + 1 : 0;
  // One that waits gets another after it, which sends again.
  const mostIdle = MAX_IDLE_INVOCATIONS + (isWaiting ? 1 : 0);
  if (invocation >= MAX_INVOCATIONS || idleInvocations >= mostIdle) return undefined;
  return {
    runId,
    invocation: invocation + 1,
    startedAtMs,
    idleInvocations,
    doneSeen: Math.max(doneSeen, already + done),
    done: doneEarlier + done,
    unconfirmed: (previous?.unconfirmed ?? 0) + unconfirmed,
    ...(alreadyBefore !== undefined && { alreadyBefore }),
    ...(resetSessions !== undefined && { resetSessions }),
    ...(sessions && { sessionsDue: sessions.planned }),
    ...((canaryPassed === true || previous?.canaryPassed === true) && { canaryPassed: true }),
    ...(batchUnlock && { batchUnlock }),
    bucket
  };
}

/**
 * Whether sessions of users were signed out that are not done yet: one user may have thousands. The first invocation goes by the
 * answers that it got, and later ones by what they found, so that a platform that only says so does not keep a run alive.
 */
function hasSignedOut(sessions: SessionCounts | undefined, previous: Continuation | undefined): boolean {
  if (sessions === undefined) return false;
  const { sessionsDue } = previous ?? {};
  return sessionsDue === undefined ? sessions.signedOut > 0 : sessions.planned < sessionsDue;
}

/** Whether a value can be the id of a run. */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
}

/** Whether a value is what `continueRun` makes, after a JSON round trip. */
export function isContinuation(value: unknown): value is Continuation {
  if (!isPlainObject(value)) return false;
  const {
    runId,
    invocation,
    startedAtMs,
    idleInvocations,
    doneSeen,
    done,
    unconfirmed,
    alreadyBefore = 0,
    resetSessions = 0,
    sessionsDue = 0,
    canaryPassed = true,
    batchUnlock,
    bucket,
    ...rest
  } = value as Record<string, unknown>;
  if (!isPlainObject(bucket) || Object.keys(rest).length > 0) return false;
  const { tokens, rate, atMs, ...others } = bucket as Record<string, unknown>;
  return (
    isRunId(runId) &&
    canaryPassed === true &&
    isCountBetween(invocation, 2, MAX_INVOCATIONS) &&
    [startedAtMs, idleInvocations, doneSeen, done, unconfirmed, alreadyBefore, resetSessions, sessionsDue].every(
      (count) => isCountBetween(count, 0, Number.MAX_SAFE_INTEGER)
    ) &&
    (batchUnlock === undefined || readFinding(batchUnlock) !== undefined) &&
    [tokens, rate, atMs].every(Number.isFinite) &&
    Object.keys(others).length === 0
  );
}

function isCountBetween(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
