import type { ErrorDetails } from '../errors';
import { formatMoment } from '../input/unlock-at';
import { quoteText } from '../outside-text';
import type { RunRecord } from '../records/RunRecord';
import { queued } from './run-reasons';
import { countUsers, stopReason } from './stop-reason';

// Why a run with `unlockAt`, the undo that it has ordered, or an undo of the last run, did less than it could, or nothing.

/** Runs that a refusal names, and bytes of the reason of each. Ours: all of it fits in a message. */
const MAX_RUNS_NAMED = 8;
const MAX_REASON_BYTES = 60;

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

/** The undo that a run has ordered could not let people in now. @param failure why it could not be ordered again, if so */
export function undoRetried(undo: string, when: string, stop: ErrorDetails, failure: string | undefined): ErrorDetails {
  if (failure === undefined) return queued(`${stop.message} The undo of run ${undo} is ordered again for ${when}.`);
  return {
    ...stop,
    message: `${stop.message} The undo could not be ordered again: ${failure.replace(/\.$/, '')}.`,
    nextStep: `Let people in by hand: {"undo": "${undo}"}.`
  };
}

/** Somebody has taken the time out of the record of the lock run. */
export function undoCalledOff(runId: string, undo: string): ErrorDetails {
  return stopReason(
    'RUN_ENDED',
    `Run ${runId} was not carried out: the record of run ${undo} names no time for it any more (unlock_at).`,
    `To let people in all the same: {"undo": "${undo}"}.`
  );
}

/** No run can be meant by "last". @param byIds runs that selected their users by id */
export function noLastRun(byIds: number): ErrorDetails {
  const others =
    byIds === 0 ? '' : ` (${byIds} that selected by "userIds" ${byIds === 1 ? 'is' : 'are'} not taken: name the id)`;
  return stopReason(
    'NOT_UNDOABLE',
    `No lock run of the last 24 hours has locked anybody and is not undone${others}.`,
    'Name the run by its id: {"undo": "…"}. The model Lock run lists them in the data browser.'
  );
}

/** Several runs can be meant by "last". */
export function severalRuns(runs: readonly RunRecord[]): ErrorDetails {
  const named = [...runs]
    .sort((one, other) => (other.startedAtMs ?? 0) - (one.startedAtMs ?? 0))
    .slice(0, MAX_RUNS_NAMED)
    .map(describeRun);
  const omitted = runs.length > MAX_RUNS_NAMED ? ` And ${runs.length - MAX_RUNS_NAMED} more.` : '';
  return stopReason('SEVERAL_RUNS', `"last" may mean ${runs.length} runs: ${named.join('; ')}.${omitted}`);
}

/** A run with its time, how many users it locked, and its reason. */
export function describeRun({ runId, id, startedAtMs, locked, reason }: RunRecord): string {
  const why = reason === null ? 'no reason given' : quoteText(reason, MAX_REASON_BYTES);
  return `${runId ?? id} (${formatMoment(startedAtMs ?? 0)}, ${countUsers(locked ?? 0)} locked, ${why})`;
}
