import { ApiError, internalError, tooManyRequests } from '../http/ApiError';
import { errorResponse, serializeResponse } from '../http/ApiResponse';
import type { ApiResponse } from '../http/ApiResponse';
import { doNothing } from '../http/Exchange';
import type { Step } from '../http/Exchange';
import type { ChosenFault, FaultPlayer } from './FaultPlayer';

type StatusFault = Extract<ChosenFault['fault'], { kind: 'status' }>;

/** What of a response only the request log looks at. */
type LogDetails = Pick<ApiResponse, 'operations' | 'isLock'>;

/** Carries the request out; `failsOperation` tells which operations of a batch fail for a reason that is not their own. */
type CarryOut = (failsOperation?: (index: number) => boolean) => ApiResponse;

/** Step: delays requests, answers them with errors, and spoils responses, as the script of faults says. */
export function injectFaults(faults: FaultPlayer, nowMs: () => number): Step {
  return (request, next) => {
    const { delayMs, chosen } = faults.choose(request);
    return {
      delayMs,
      complete() {
        if (chosen === undefined) return next(request).complete();
        const carryOut: CarryOut = (failsOperation) =>
          next(failsOperation === undefined ? request : { ...request, failsOperation }).complete();
        return applyFault(chosen, carryOut, nowMs());
      },
      end: doNothing
    };
  };
}

function applyFault({ fault, chance }: ChosenFault, carryOut: CarryOut, nowMs: number): ApiResponse {
  switch (fault.kind) {
    case 'status':
      return { ...(fault.applied === true && keepLogDetails(carryOut())), ...answerStatus(fault, nowMs) };
    case 'drop':
      return { ...(fault.applied && keepLogDetails(carryOut())), status: 0 };
    case 'poison': {
      const detail = 'The request cannot be processed.';
      return errorResponse(new ApiError(fault.status, 'INVALID_API_REQUEST', 'Invalid API request.', detail));
    }
    case 'fail-operations':
      return carryOut((index) => chance(index) < fault.operations);
    case 'truncate':
      return truncate(carryOut());
    case 'no-json':
      return { ...keepLogDetails(carryOut()), status: 200, text: { type: 'text/html', content: '<html>OK</html>' } };
    case 'short':
      return changeResults(carryOut(), (results) => results.slice(0, -1));
    case 'reorder':
      return changeResults(carryOut(), (results) => [...results].reverse());
  }
}

/** What the log shows of a request that was carried out, although its client gets another response. */
function keepLogDetails({ operations, isLock }: ApiResponse): LogDetails {
  return { ...(operations !== undefined && { operations }), ...(isLock !== undefined && { isLock }) };
}

function truncate(response: ApiResponse): ApiResponse {
  const { status, headers, body } = serializeResponse(response);
  const content = body.slice(0, Math.floor(body.length / 2));
  const type = headers['Content-Type'];
  return { ...keepLogDetails(response), status, ...(type !== undefined && { text: { type, content } }) };
}

/** Changes the results of a batch; any other response stays as it is. */
function changeResults(
  response: ApiResponse,
  change: (results: readonly unknown[]) => readonly unknown[]
): ApiResponse {
  const { operations } = (response.json ?? {}) as { operations?: readonly unknown[] };
  if (operations === undefined) return response;
  return { ...response, json: { ...(response.json as object), operations: change(operations) } };
}

function answerStatus(fault: StatusFault, nowMs: number): ApiResponse {
  return { ...answerBody(fault.status, fault.body ?? 'json'), ...chooseRetryAfter(fault, nowMs) };
}

function chooseRetryAfter(
  { retryAfter, retryAfterAs }: StatusFault,
  nowMs: number
): Pick<ApiResponse, 'headers' | 'retryAfterMs'> | undefined {
  if (retryAfter === undefined) return undefined;
  if (retryAfterAs !== 'date') {
    return { headers: { 'Retry-After': String(retryAfter) }, retryAfterMs: retryAfter * 1000 };
  }
  // A date has whole seconds.
  const untilMs = Math.ceil(nowMs / 1000 + retryAfter) * 1000;
  return { headers: { 'Retry-After': new Date(untilMs).toUTCString() }, retryAfterMs: untilMs - nowMs };
}

function answerBody(status: number, body: 'json' | 'html' | 'empty'): ApiResponse {
  switch (body) {
    case 'empty':
      return { status };
    case 'html':
      return { status, text: { type: 'text/html', content: `<html><h1>${status}</h1></html>` } };
    case 'json':
      return errorResponse(status === 429 ? tooManyRequests() : internalError(status));
  }
}
