/** An error as the platform's API answers it: a status, and a body with `type`, `title`, `detail` and `see`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string
  ) {
    super(`${type}: ${detail}`);
  }

  /** The JSON body. Inside a batch it stands in the operation's result. */
  toBody(): { type: string; title: string; detail: string; see: string } {
    const { type, title, detail } = this;
    return { type, title, detail, see: `https://docs.journeyapps.com/api-errors#${type}` };
  }
}

/** 400: the request does not make sense. Documented ("Error responses"). */
export function invalidRequest(detail: string): ApiError {
  return new ApiError(400, 'INVALID_API_REQUEST', 'Invalid API request.', detail);
}

/** 422: a value that does not fit its field. Documented ("Error responses"). */
export function invalidValue(detail: string): ApiError {
  return new ApiError(422, 'INVALID_VALUE', 'Invalid value specified.', detail);
}

/** 404: no such object or user. Documented. */
export function objectNotFound(kind: string, id: string): ApiError {
  return new ApiError(404, 'OBJECT_NOT_FOUND', 'Object not found.', `No ${kind} found with ID: '${id}'`);
}

/** 404: no such path or method. Documented. */
export function routeError(method: string, path: string): ApiError {
  return new ApiError(404, 'ROUTE_ERROR', 'No such route.', `There is no ${method} ${path}.`);
}

/** 404: no such backend deployment. Documented. */
export function accountNotFound(id: string): ApiError {
  return new ApiError(404, 'ACCOUNT_NOT_FOUND', 'Account not found.', `No account found with ID: '${id}'`);
}

/** 429: over the rate limit. The status is documented ("API limits"). */
export function tooManyRequests(): ApiError {
  const detail = 'The rate limit was exceeded. Try again later.';
  return new ApiError(429, 'TOO_MANY_REQUESTS', 'Too many requests.', detail);
}

/** 5xx: the platform failed. The type and the title are documented ("Error responses"). */
export function internalError(status: number, detail = 'An internal server error has occurred.'): ApiError {
  return new ApiError(status, 'INTERNAL_SERVER_ERROR', 'Oops! Something went wrong.', detail);
}
