import type { OperationResult } from '../requests/match-results';
import type { OutcomeCounts, PlanCounts } from './outcomes';

// What is known of a user, as one small number: so a million users fit.

/** The user is one of those the run is about. */
export const SELECTED = 1;
/** The users API has shown the user. */
export const SHOWN = 2;
/** It showed the user in the goal state before anything was sent. */
export const WAS_THERE = 4;
/** The user is to be sent. */
export const PLANNED = 8;
/** The user was brought to the goal state. Of a planned user with none of the results: not attempted. */
export const DONE = 16;
const FAILED = 32;
/** The platform refuses this user, so sending again is of no use. */
export const REFUSED = 64;
const UNCONFIRMED = 128;
/** That was so shortly ago that the users API may not show it yet. */
export const SENT_RECENTLY = 1_048_576;
/** The user was in the goal state at the first look, and not at a later one, and is planned since. */
export const REPLANNED = 2_097_152;
/** Some session of the user was in the app at the first look. */
export const ENROLLED = 4_194_304;
/** Nothing was sent about the user, because it is of no use or cannot be done. */
export const UNSENT = 524_288;
/** Any of the results. */
export const RESULT = DONE | FAILED | REFUSED | UNCONFIRMED;
/** The user was shown in the reading that is under way, or in the last one. */
export const READ = 256;
/** The deployment protects the user. */
export const PROTECTED = 512;
/** The caller excludes the user. */
export const EXCLUDED = 1024;
/** The goal leaves the user alone. */
export const SKIPPED = 2048;

/** The users API does not show the user, and the goal takes that for gone. */
export const GONE = 4096;
/** The platform says that there is no such user. */
export const ABSENT = 8192;
/** An attempt to change the user was carried out, or may have been. */
export const TOUCHED = 16_384;
/** The first answer about the user was an error that says that nothing was carried out. */
export const FIRST_REFUSED = 32_768;
/** The users API has shown the user in the goal state since they were last sent. */
export const CONFIRMED = 65_536;
/** An earlier invocation of the run has brought the user to the goal state. */
export const DONE_EARLIER = 131_072;
/** An earlier invocation of the run may have changed the user. */
export const TOUCHED_EARLIER = 262_144;

/** The flag of each result. */
export const RESULT_FLAGS: Readonly<Record<OperationResult['kind'], number>> = {
  done: DONE,
  failed: FAILED,
  refused: REFUSED,
  unsent: REFUSED | UNSENT,
  unknown: UNCONFIRMED | UNSENT,
  unconfirmed: UNCONFIRMED
};

/** In which count of the plan a selected user is; undefined while nothing is known of them. */
export function placeOf(flags: number): Exclude<keyof PlanCounts, 'selected'> | undefined {
  if ((flags & PLANNED) !== 0) return 'planned';
  if ((flags & PROTECTED) !== 0) return 'protected';
  if ((flags & EXCLUDED) !== 0) return 'excluded';
  if ((flags & WAS_THERE) !== 0) return 'already';
  if ((flags & SKIPPED) !== 0) return 'skipped';
  return (flags & GONE) !== 0 ? 'gone' : undefined;
}

/** Whether an earlier invocation of the run brought the user to the goal state, as far as it is known, and this one does not send them. */
export function isDoneEarlier(flags: number): boolean {
  const place = placeOf(flags);
  if ((flags & (DONE_EARLIER | TOUCHED_EARLIER)) === 0) return false;
  return place === 'already' || (place === undefined && (flags & (SHOWN | DONE_EARLIER)) === DONE_EARLIER);
}

/** Whether this invocation has sent the user, whatever came of it. */
export function wasSent(flags: number): boolean {
  return (flags & (RESULT | FIRST_REFUSED)) !== 0 && (flags & UNSENT) === 0;
}

/** In which count of the outcomes a planned user is. */
export function outcomeOf(flags: number): keyof OutcomeCounts {
  if ((flags & DONE) !== 0) return 'done';
  if ((flags & UNCONFIRMED) !== 0) return 'unconfirmed';
  return (flags & (FAILED | REFUSED)) !== 0 ? 'failed' : 'notAttempted';
}
