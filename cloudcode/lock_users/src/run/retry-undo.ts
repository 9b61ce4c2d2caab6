import type { ErrorCode } from '../error-catalogue';
import { formatMoment } from '../input/unlock-at';
import { undoRetried } from '../reasons/unlock-at-reasons';
import type { RunContext } from './RunContext';
import type { Ending } from './schedule-continuation';
import { scheduleUndo } from './schedule-invocation';

const MINUTE_MS = 60_000;

/** Milliseconds after the undo was due for which it tries again each minute; from then on it does every quarter of an hour. Ours. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Milliseconds after the undo was due from which it does not try again. Ours: by then people have called. */
const GIVE_UP_AFTER_MS = 1440 * MINUTE_MS;

/** Why an undo does not get on that may get on later: the backend or the database is down, or somebody corrects what is wrong. */
const MAY_PASS: readonly ErrorCode[] = [
  'RUN_UNDER_WAY',
  'BACKEND_UNAUTHORIZED',
  'UNKNOWN_DEPLOYMENT',
  'WRONG_ADDRESS',
  'NO_USERS_API',
  'BACKEND_UNREACHABLE',
  'BACKEND_RATE_LIMITED',
  'BACKEND_UNAVAILABLE',
  'BACKEND_REJECTED',
  'BACKEND_PROTOCOL',
  'DATABASE_UNAVAILABLE',
  'DATABASE_READ_FAILED',
  'RECORD_FAILED',
  'TIME_BUDGET',
  'STALLED'
];

/**
 * Orders the undo that a lock run has ordered again where it ends without having done what it could: nobody else lets people in. Any
 * other run ends as it does, and so does this one a day after it was due. It comes back as it came.
 */
export async function retryUndo(context: RunContext, ending: Ending): Promise<Ending> {
  const { ports, parameters, sender, dryRun } = context;
  const { undo, notBefore, rawParameters } = parameters;
  const { stop, next } = ending;
  if (undo === undefined || notBefore === undefined || dryRun) return ending;
  if (stop === undefined || next !== undefined || !MAY_PASS.includes(stop.code)) return ending;
  const nowMs = ports.clock.nowMs();
  const lateMs = nowMs - notBefore;
  if (lateMs >= GIVE_UP_AFTER_MS) return ending;
  const atMs = nowMs + Math.max(sender.pauseLeftMs, lateMs < QUARTER_MS ? MINUTE_MS : QUARTER_MS);
  const failure = await scheduleUndo(ports, rawParameters, atMs, sender.timer.schedulingLeftMs / 2);
  return { stop: undoRetried(undo, formatMoment(atMs), stop, failure) };
}
