import { invalidParameters } from './parse-parameters';
import type { Parameters } from './parameters';
import { findUnlockAtMistake, formatMoment, resolveUnlockAt } from './unlock-at';

/**
 * The parameters of a run that is requested now and carried out later, with the moment that `unlockAt` means now.
 *
 * @throws LockUsersError `INVALID_PARAMETERS` where that is over, or too far ahead
 */
export function fixUnlockAt(parameters: Parameters, nowMs: number): Parameters {
  const { unlockAt } = parameters;
  if (unlockAt === undefined) return parameters;
  const unlockAtMs = resolveUnlockAt(unlockAt, nowMs);
  const mistake = findUnlockAtMistake(unlockAtMs, nowMs);
  if (mistake !== undefined) throw invalidParameters([mistake]);
  return setUnlockAt(parameters, unlockAtMs);
}

/** The parameters with the moment in place of a time of day, which would mean another moment to a later invocation. */
export function setUnlockAt(parameters: Parameters, unlockAtMs: number): Parameters {
  return { ...parameters, rawParameters: { ...parameters.rawParameters, unlockAt: formatMoment(unlockAtMs) } };
}
