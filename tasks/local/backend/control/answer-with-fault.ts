import { ApiError, internalError, tooManyRequests } from '../http/ApiError';
import { errorResponse, serializeResponse } from '../http/ApiResponse';
import type { ApiResponse } from '../http/ApiResponse';
import type { OperationFailure, ParsedRequest } from '../http/ParsedRequest';
import type { AnswerFault } from './Fault';
import type { Hit } from './FaultPlayer';
import { tellWait } from './tell-wait';

type StatusFault = Extract<AnswerFault, { kind: 'status' }>;
type OperationsFault = Extract<AnswerFault, { kind: 'fail-operations' }>;
type CacheFault = Extract<AnswerFault, { kind: 'cache' }>;

/** What of a response only the request log looks at. */
type LogDetails = Pick<ApiResponse, 'operations' | 'isLock'>;

/** Carries the request out; `failsOperation` tells which operations of a batch fail for a reason that is not their own. */
type CarryOut = (failsOperation?: (index: number) => OperationFailure | undefined) => ApiResponse;

/** The answer to a request that a fault hits. */
export function answerWithFault(
  hit: Hit<AnswerFault>,
  request: ParsedRequest,
  carryOut: CarryOut,
  nowMs: number
): ApiResponse {
  const { fault } = hit;
  switch (fault.kind) {
    case 'status':
      return { ...(fault.applied === true && keepLogDetails(carryOut())), ...answerStatus(fault, nowMs) };
    case 'drop':
      return { ...(fault.applied && keepLogDetails(carryOut())), status: 0 };
    case 'poison':
      return refuse(fault.status, 'The request cannot be processed.');
    case 'heavy-page':
      return fault.answer === 400 || fault.answer === 422
        ? refuse(fault.answer, `'limit' must be at most ${fault.rows}.`)
        : answerBody(Number(fault.answer), 'html');
    case 'cache':
      return answerFromCache({ ...hit, fault }, request, carryOut, nowMs);
    case 'fail-operations':
      return carryOut((index) => chooseFailure({ ...hit, fault }, request.userIds[index] ?? '', index));
    case 'truncate':
      return truncate(carryOut());
    case 'no-json':
      return { ...keepLogDetails(carryOut()), status: 200, text: { type: 'text/html', content: '<html>OK</html>' } };
    case 'error-body':
      return { ...(fault.applied && keepLogDetails(carryOut())), ...answerBody(500, fault.body), status: 200 };
    case 'short':
      return changeResults(carryOut(), (results) => results.slice(0, -1));
    case 'reorder':
      return changeResults(carryOut(), (results) => [...results].reverse());
  }
}

function refuse(status: number, detail: string): ApiResponse {
  return errorResponse(new ApiError(status, 'INVALID_API_REQUEST', 'Invalid API request.', detail));
}

function chooseFailure(
  { fault, chance, memory }: Hit<OperationsFault>,
  userId: string,
  index: number
): OperationFailure | undefined {
  const { operations, type = 'INTERNAL_SERVER_ERROR', applied = false, timesEach = Infinity } = fault;
  return chance(index) < operations && memory.addFailure(userId, timesEach) ? { type, applied } : undefined;
}

function answerFromCache(
  { fault, memory }: Hit<CacheFault>,
  { url, refusesCache }: ParsedRequest,
  carryOut: CarryOut,
  nowMs: number
): ApiResponse {
  const key = url.href;
  const cached = memory.cachedAnswer(key, fault.ms, nowMs);
  if (cached !== undefined && !(fault.heedsNoCache === true && refusesCache)) {
    const age = Math.floor((nowMs - cached.atMs) / 1000);
    const headers = { Age: String(age), Date: new Date(cached.atMs).toUTCString() };
    return { ...cached.response, headers: { ...cached.response.headers, ...headers } };
  }
  const response = carryOut();
  if (response.status >= 200 && response.status <= 299) memory.keepAnswer(key, { response, atMs: nowMs });
  return response;
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
  { retryAfter, retryAfterAs = 'seconds' }: StatusFault,
  nowMs: number
): Pick<ApiResponse, 'headers' | 'retryAfterMs'> | undefined {
  return retryAfter === undefined ? undefined : tellWait(retryAfter, retryAfterAs, nowMs);
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
