import type { WebAnswer, WebRequest } from './WebRequest';

/** What `access.authorized` and `access.unauthorized` return; only the very object that was made counts. */
type Verdict =
  | { readonly authorized: true; readonly context: unknown }
  | { readonly authorized: false; readonly status: number; readonly body: string };

type Handler = (this: unknown, call: Readonly<Record<string, unknown>>) => unknown;

/**
 * Calls the exports of a web task, as documented ("Trigger CC via HTTP"): `authenticate` has to return what `access` makes,
 * else the request fails with 500; then the handler that is named after the method is called.
 *
 * @param exported the task's exports
 * @param context what the functions are called on
 * @param onError takes what a function threw; the caller of a web task is not told
 */
export async function callWebTask(
  exported: Readonly<Record<string, unknown>>,
  web: WebRequest,
  context: object,
  onError: (error: unknown) => void
): Promise<WebAnswer> {
  const request = describeRequest(web);
  // Assumed: what "params" holds is not documented.
  const params = Object.fromEntries(new URL(web.url, 'http://localhost').searchParams);
  try {
    const verdicts = new Set<unknown>();
    const remember = (verdict: Verdict): Verdict => {
      verdicts.add(verdict);
      return verdict;
    };
    const access = {
      authorized: (authContext?: unknown) => remember({ authorized: true, context: authContext }),
      unauthorized: ({ status = 401, body = 'Unauthorized' }: { status?: number; body?: string } = {}) =>
        remember({ authorized: false, status, body })
    };
    const verdict: unknown = await findExport(exported, 'authenticate')?.call(context, { request, access, params });
    if (!verdicts.has(verdict))
      throw new Error('"authenticate" must return access.authorized() or access.unauthorized().');
    const decided = verdict as Verdict;
    if (!decided.authorized) return answerText(decided.status, decided.body);

    const handler = findExport(exported, web.method.toLowerCase());
    if (handler === undefined) return answerText(405, 'Method Not Allowed');
    let status = 200;
    const response = {
      status(code: number) {
        status = code;
        return response;
      }
    };
    const result = await handler.call(context, { params, request, response, authContext: decided.context });
    if (result === undefined) return { status, headers: {}, body: '' };
    if (typeof result === 'string') return answerText(status, result);
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) };
  } catch (error) {
    onError(error);
    return answerText(500, 'Internal Server Error');
  }
}

/** A function of the task itself; none of those that every object has. */
function findExport(exported: Readonly<Record<string, unknown>>, name: string): Handler | undefined {
  const value = Object.hasOwn(exported, name) ? exported[name] : undefined;
  return typeof value === 'function' ? (value as Handler) : undefined;
}

/** The members are those that the documentation and published packages show. */
function describeRequest({ method, url, headers, body }: WebRequest): object {
  const hostname = (headers['host'] ?? 'localhost').replace(/:\d+$/, '');
  return {
    method,
    url,
    headers,
    ip: '127.0.0.1',
    hostname,
    subdomain: hostname.split('.')[0],
    body: body === '' ? undefined : body,
    buffer: Buffer.from(body),
    header: (name: string) => headers[name.toLowerCase()],
    json: () => Promise.resolve().then(() => JSON.parse(body) as unknown)
  };
}

function answerText(status: number, body: string): WebAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
