import { isReading } from '../actions/ActionLabels';
import { resolveMaxUsers } from '../input/resolve-max-users';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import { setUnlockAt } from '../input/fix-unlock-at';
import { resolveUnlockAt } from '../input/unlock-at';
import type { Ports } from '../ports';
import { Warnings } from '../report/Warnings';
import { RequestSender } from '../requests/RequestSender';
import { anchorClock } from './anchor-clock';

/** What an invocation is about, known before its first request. Everything that belongs to a run is handed this. */
export interface RunContext {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly sender: RequestSender;
  readonly warnings: Warnings;
  readonly runId: string;
  /** Which invocation of the run this is, from 1. */
  readonly invocation: number;
  /** When this invocation began, on the monotonic clock. */
  readonly beganAtMs: number;
  /** When the run's first invocation began, as far as is known without the run's record. */
  readonly startedAtMs: number;
  readonly dryRun: boolean;
  /** With `unlockAt`: when its users are to be let back in, in milliseconds since 1970. It is fixed once, by the first invocation. */
  readonly unlockAtMs: number | undefined;
  /** A larger plan is refused; Infinity where there is no limit. */
  readonly maxUsers: number;
}

/**
 * The context of an invocation that begins now.
 *
 * @param sender what has left already on behalf of this invocation; default: nothing has
 * @throws LockUsersError `INVALID_PARAMETERS` where `maxUsers` is above the deployment's own limit
 */
export function createContext(
  settings: Settings,
  parameters: Parameters,
  ports: Ports,
  sender = new RequestSender(ports, settings, parameters.continuation?.bucket)
): RunContext {
  const { continuation, unlockAt, notBefore } = parameters;
  const unlockAtMs = unlockAt && resolveUnlockAt(unlockAt, ports.clock.nowMs());
  return {
    ports: { ...ports, clock: anchorClock(ports.clock) },
    settings,
    parameters: unlockAtMs === undefined ? parameters : setUnlockAt(parameters, unlockAtMs),
    sender,
    warnings: new Warnings(ports.log),
    runId: continuation?.runId ?? parameters.runId ?? ports.newRunId(),
    invocation: continuation?.invocation ?? 1,
    beganAtMs: ports.clock.monotonicMs(),
    startedAtMs: continuation?.startedAtMs ?? ports.clock.nowMs(),
    // A run that goes on has sent already. Where the deployment was disarmed since, it is refused: a plan is not what it is for.
    // The same holds for the undo that it has ordered.
    dryRun:
      isReading(parameters.action) ||
      (parameters.dryRun ?? (!settings.armed && continuation === undefined && notBefore === undefined)),
    unlockAtMs,
    maxUsers: resolveMaxUsers(settings, parameters)
  };
}
