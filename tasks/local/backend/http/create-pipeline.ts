import { checkClientRules } from '../control/ClientRules';
import type { ClientRules } from '../control/ClientRules';
import type { FaultPlayer } from '../control/FaultPlayer';
import { injectFaults } from '../control/inject-faults';
import { limitRequests } from '../control/RequestLimiter';
import type { RequestLimiter } from '../control/RequestLimiter';
import { logRequests } from '../control/RequestLog';
import type { RequestLog } from '../control/RequestLog';
import type { Backend } from '../handlers/Backend';
import { checkCredentials } from './check-credentials';
import { chainSteps } from './Exchange';
import type { Next } from './Exchange';
import { routeRequest } from './route-request';

/** What the steps of the pipeline work with. */
export interface PipelineParts {
  readonly backend: Backend;
  readonly token: string;
  readonly log: RequestLog;
  readonly clientRules: ClientRules;
  readonly limiter: RequestLimiter;
  readonly faults: FaultPlayer;
  /** The time in milliseconds since 1970. */
  readonly nowMs: () => number;
}

/**
 * The way of a request to the API through its steps, in this order. Each is called with what the one before hands on. A
 * response takes the way back, so that what is logged is what the client gets.
 *
 * The first four are called when the request comes, the last two when it is carried out, which a fault may delay.
 */
export function createPipeline({ backend, token, log, clientRules, limiter, faults, nowMs }: PipelineParts): Next {
  const { backendId, switches } = backend;
  return chainSteps([
    logRequests(log, nowMs),
    checkClientRules(clientRules, () => limiter.limits.concurrency, nowMs),
    limitRequests(limiter, switches.retryAfterHeader, nowMs),
    injectFaults(faults, backend.state, nowMs),
    checkCredentials({ backendId, token, unauthorizedBody: switches.unauthorizedBody }),
    routeRequest(backend)
  ]);
}
