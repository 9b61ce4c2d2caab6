import type { ErrorDetails } from './errors';
import { queued, stopReason } from './stop-reasons';

// Why a run with `unlockAt`, or the undo that it has ordered, did less than it could, or nothing.

/** Nobody is locked, because nobody would let them in again. @param when the moment, for a sentence @param why the end of one */
export function unlockNotOrdered(when: string, why: string): ErrorDetails {
  return stopReason('UNLOCK_NOT_ORDERED', `The undo at ${when} cannot be ordered: ${why.replace(/\.$/, '')}.`);
}

/** A lock run sends nothing any more once its users are to be let in. @param when the moment, for a sentence */
export function unlockDue(when: string): ErrorDetails {
  return stopReason('UNLOCK_DUE', `People are let back in from ${when} on, so the run locks nobody any more.`);
}

/** The time of `unlockAt` is over, or too far ahead. @param mistake a sentence */
export function wrongUnlockAt(mistake: string): ErrorDetails {
  return stopReason('INVALID_PARAMETERS', mistake);
}

/** The undo that a run has ordered was delivered before it is due. @param failure why it could not be ordered again, if so */
export function undoPostponed(undo: string, when: string, why: string, failure: string | undefined): ErrorDetails {
  const message = `Run ${undo} is undone at ${when}: ${why}.`;
  if (failure === undefined) return queued(`${message} The undo is ordered again.`);
  return stopReason(
    'NOT_QUEUED',
    `${message} The undo could not be ordered again: ${failure.replace(/\.$/, '')}.`,
    `Let people in by hand then: {"undo": "${undo}"}.`
  );
}

/** Somebody has taken the time out of the record of the lock run. */
export function undoCalledOff(runId: string, undo: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out: the record of run ${undo} names no time for it any more (unlock_at).`,
    `To let people in all the same: {"undo": "${undo}"}.`
  );
}
