import type { ApiAnswer, Backend } from '../http/ApiCall';
import { ApiError } from '../http/ApiError';
import type { ChosenFault } from './FaultPlayer';

/** What goes back to the client. */
export interface Reply {
  /** 0: the connection is dropped without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long a `Retry-After` header makes the client wait. */
  readonly retryAfterMs?: number;
}

/** How a request is carried out, and when. */
export interface Carrying {
  readonly carryOut: (failsOperation?: Backend['failsOperation']) => ApiAnswer;
  readonly chance: ChosenFault['chance'];
  readonly nowMs: number;
}

const DROPPED: Reply = { status: 0, headers: {}, body: '' };
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** Carries a request out as its fault wants it. `answer` is what the API answered, where it was carried out. */
export function applyFault(
  fault: ChosenFault['fault'],
  { carryOut, chance, nowMs }: Carrying
): { reply: Reply; answer?: ApiAnswer } {
  switch (fault?.kind) {
    case 'status': {
      const answer = fault.applied === true ? carryOut() : undefined;
      return { reply: answerStatus(fault, nowMs), ...(answer && { answer }) };
    }
    case 'drop': {
      const answer = fault.applied ? carryOut() : undefined;
      return { reply: DROPPED, ...(answer && { answer }) };
    }
    case 'poison': {
      const detail = 'The request cannot be processed.';
      return {
        reply: toReply({
          status: fault.status,
          json: new ApiError(fault.status, 'INVALID_API_REQUEST', 'Invalid API request.', detail).toBody()
        })
      };
    }
    case 'fail-operations': {
      const answer = carryOut((index) => chance(index) < fault.operations);
      return { reply: toReply(answer), answer };
    }
    default: {
      const answer = carryOut();
      return { reply: spoil(fault?.kind, toReply(answer), answer), answer };
    }
  }
}

function spoil(kind: 'truncate' | 'no-json' | 'short' | 'reorder' | undefined, reply: Reply, answer: ApiAnswer): Reply {
  const { operations } = (answer.json ?? {}) as { operations?: readonly unknown[] };
  switch (kind) {
    case undefined:
      return reply;
    case 'truncate':
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case 'no-json':
      return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>OK</html>' };
    case 'short':
      return operations === undefined ? reply : replaceOperations(answer, operations.slice(0, -1));
    case 'reorder':
      return operations === undefined ? reply : replaceOperations(answer, [...operations].reverse());
  }
}

function replaceOperations(answer: ApiAnswer, operations: readonly unknown[]): Reply {
  return toReply({ ...answer, json: { ...(answer.json as object), operations } });
}

/** The answer as it goes over the wire. */
export function toReply({ status, json, text }: ApiAnswer): Reply {
  if (json !== undefined) return { status, headers: JSON_TYPE, body: JSON.stringify(json) };
  if (text === undefined) return { status, headers: {}, body: '' };
  return { status, headers: { 'Content-Type': `${text.type}; charset=utf-8` }, body: text.content };
}

function answerStatus(fault: Extract<ChosenFault['fault'], { kind: 'status' }>, nowMs: number): Reply {
  const wait = chooseRetryAfter(fault, nowMs);
  const reply = answerBody(fault.status, fault.body ?? 'json');
  return { ...reply, ...wait, headers: { ...reply.headers, ...wait?.headers } };
}

function chooseRetryAfter(
  { retryAfter, retryAfterAs }: Extract<ChosenFault['fault'], { kind: 'status' }>,
  nowMs: number
): Pick<Reply, 'headers' | 'retryAfterMs'> | undefined {
  if (retryAfter === undefined) return undefined;
  if (retryAfterAs !== 'date') {
    return { headers: { 'Retry-After': String(retryAfter) }, retryAfterMs: retryAfter * 1000 };
  }
  // A date has whole seconds.
  const untilMs = Math.ceil(nowMs / 1000 + retryAfter) * 1000;
  return { headers: { 'Retry-After': new Date(untilMs).toUTCString() }, retryAfterMs: untilMs - nowMs };
}

function answerBody(status: number, body: 'json' | 'html' | 'empty'): Reply {
  switch (body) {
    case 'empty':
      return { status, headers: {}, body: '' };
    case 'html':
      return { status, headers: { 'Content-Type': 'text/html' }, body: `<html><h1>${status}</h1></html>` };
    case 'json': {
      const error =
        status === 429
          ? new ApiError(
              429,
              'TOO_MANY_REQUESTS',
              'Too many requests.',
              'The rate limit was exceeded. Try again later.'
            )
          : new ApiError(
              status,
              'INTERNAL_SERVER_ERROR',
              'Oops! Something went wrong.',
              'An internal server error has occurred.'
            );
      return toReply({ status, json: error.toBody() });
    }
  }
}
