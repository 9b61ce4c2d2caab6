import type { OperationResult } from '../requests/match-results';
import { CONFIRMED, FIRST_REFUSED, RESULT, TOUCHED } from './user-states';
import type { Reason } from './UserState';

/** Why a user failed that the platform does not know. */
export const NO_SUCH_USER: Reason = {
  type: 'OBJECT_NOT_FOUND',
  detail: 'The users API says that there is no such user.'
};

/** What a result of a request says of a user, and the flags that go with it. */
interface WeighedResult {
  readonly state: number;
  readonly result: OperationResult;
}

/**
 * Weighs a result of a request against what is known of the user already.
 *
 * @param isWhole whether nobody was changed by an earlier invocation of the run but those of whom the flags say so
 */
export function weighResult(state: number, result: OperationResult, isWhole: boolean): WeighedResult {
  const known: OperationResult = isDoubtful(state, result, isWhole)
    ? { kind: 'unconfirmed', reason: result.reason }
    : result;
  return { state: (state & ~CONFIRMED) | findEvidence(state, known, isWhole), result: known };
}

/** Whether a result is an error that does not take back what an earlier attempt may have done. */
function isDoubtful(
  state: number,
  result: OperationResult,
  isWhole: boolean
): result is Extract<OperationResult, { reason: Reason }> {
  if (result.kind !== 'failed' && result.kind !== 'refused') return false;
  return (state & TOUCHED) !== 0 || (!isWhole && result.reason.type !== NO_SUCH_USER.type);
}

/** What a result says about whether a request was carried out. */
function findEvidence(state: number, result: OperationResult, isWhole: boolean): number {
  if (result.kind === 'done' || result.kind === 'unconfirmed') return TOUCHED;
  if (result.kind === 'unsent' || result.kind === 'unknown') return 0;
  const isFirst = isWhole && (state & (RESULT | TOUCHED | FIRST_REFUSED)) === 0;
  return isFirst ? FIRST_REFUSED : 0;
}
