import { ApiError } from './ApiError';

/** A response before it is serialized: JSON, text, or no body at all. */
export interface ApiResponse {
  /** 0: the connection is dropped without a response. */
  readonly status: number;
  readonly json?: unknown;
  /** Text, with the whole Content-Type. */
  readonly text?: { readonly type: string; readonly content: string };
  /** Headers beside the Content-Type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long a `Retry-After` header makes the client wait. */
  readonly retryAfterMs?: number;
  /** For the request log: operations of an accepted batch. */
  readonly operations?: number;
  /** For the request log: whether the request, or one of its operations, was a lock. */
  readonly isLock?: boolean;
}

/** A response as it goes over the wire. */
export interface HttpResponse {
  /** 0: the connection is dropped without a response. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** The response that tells an error of the API. */
export function errorResponse(error: ApiError): ApiResponse {
  return { status: error.status, json: error.toBody() };
}

/** The response of `answer`, or that of the API's error which it throws. Whatever else it throws is a bug here. */
export function catchApiError(answer: () => ApiResponse): ApiResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ApiError) return errorResponse(error);
    throw error;
  }
}

/** Writes a response out. */
export function serializeResponse({ status, json, text, headers = {} }: ApiResponse): HttpResponse {
  if (json !== undefined)
    return { status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: JSON.stringify(json) };
  if (text === undefined) return { status, headers, body: '' };
  return { status, headers: { 'Content-Type': text.type, ...headers }, body: text.content };
}
