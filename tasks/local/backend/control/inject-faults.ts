import { doNothing } from '../http/Exchange';
import type { Step } from '../http/Exchange';
import type { OperationFailure } from '../http/ParsedRequest';
import type { BackendState } from '../state/BackendState';
import { answerWithFault } from './answer-with-fault';
import { changeUsers } from './change-users';
import { distortResponse, viewOf } from './distort-read';
import type { FaultPlayer } from './FaultPlayer';

/** Step: delays requests, answers them with errors, and spoils responses, as the script of faults says. */
export function injectFaults(faults: FaultPlayer, state: BackendState, nowMs: () => number): Step {
  return (request, next) => {
    const { delayMs, answer, reads, changes } = faults.choose(request);
    const happen = (moment: 'before' | 'after'): void =>
      changes
        .filter(({ when }) => when === moment)
        .forEach((fault) => faults.changes.push(...changeUsers(fault, state)));
    const view = viewOf(reads);
    const carryOut = (failsOperation?: (index: number) => OperationFailure | undefined) =>
      next({ ...request, ...(view && { view }), ...(failsOperation && { failsOperation }) }).complete();
    return {
      delayMs,
      complete() {
        happen('before');
        const response = answer === undefined ? carryOut() : answerWithFault(answer, request, carryOut, nowMs());
        happen('after');
        return distortResponse(response, reads, nowMs());
      },
      end: doNothing
    };
  };
}
