import type { ApiResponse } from './ApiResponse';
import type { ParsedRequest } from './ParsedRequest';

/** A request that has come and is not answered yet. */
export interface Exchange {
  /** How much later it is to be carried out. */
  readonly delayMs: number;
  /** Carries the request out; whether the client still waits for the response makes no difference to it. Once. */
  complete(): ApiResponse;
  /** The client has the response, or waits no longer. The first call counts. */
  end(): void;
}

/** What a request goes on to. */
export type Next = (request: ParsedRequest) => Exchange;

/**
 * One step of the pipeline. It is called when a request comes, and either answers it or hands it on. What it has to do
 * when the request is carried out or ends, it does in the exchange that it returns.
 */
export type Step = (request: ParsedRequest, next: Next) => Exchange;

/** An exchange that has its answer already, or finds it when it is carried out. */
export function answerWith(complete: () => ApiResponse): Exchange {
  return { delayMs: 0, complete, end: doNothing };
}

/** The end of an exchange that does not depend on it. */
export function doNothing(): void {
  return undefined;
}

/** Hands requests through the steps in this order. The last step must answer. */
export function chainSteps(steps: readonly Step[]): Next {
  const fail: Next = ({ name }) => {
    throw new Error(`No step answered ${name}.`);
  };
  return steps.reduceRight<Next>((next, step) => (request) => step(request, next), fail);
}
