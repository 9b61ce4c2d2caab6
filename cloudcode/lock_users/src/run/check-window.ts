import type { ErrorDetails } from '../errors';
import { isWithin, showTime } from '../input/lock-window';
import { outsideWindow } from '../reasons/plan-reasons';
import type { RunContext } from './RunContext';

/**
 * Why a lock run must not go on, if so: it began outside the windows of the deployment and of its parameters. A run that began
 * inside goes on, however late its invocations are. Who lets people in, or only plans, needs no window.
 *
 * @param startedAtMs when the run began, by its record; default: as far as is known without one
 */
export function checkWindow(
  { parameters, settings, dryRun, startedAtMs: knownStartMs }: RunContext,
  startedAtMs: number | null | undefined
): ErrorDetails | undefined {
  if (parameters.action !== 'lock' || dryRun) return undefined;
  const beganAtMs = startedAtMs ?? knownStartMs;
  for (const [name, window] of [
    ['LOCK_USERS_WINDOW', settings.window],
    ['"window"', parameters.window]
  ] as const) {
    if (window === undefined || isWithin(window, beganAtMs)) continue;
    return outsideWindow(name, window.text, showTime(window, beganAtMs));
  }
  return undefined;
}
