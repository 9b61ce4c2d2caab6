import type { RunningBackend } from '../../tasks/local/backend/start-backend';

/** An answer over HTTP: the status, the text, and the JSON where there is any. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  // What a test expects of it is what the test says; it is not typed twice.
  readonly json: Record<string, unknown>;
}

/** Makes a plain HTTP request below the base address of a backend, with its token unless told otherwise. */
export async function callBackend(
  backend: RunningBackend,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {}
): Promise<Answer> {
  const response = await fetch(`${backend.url}/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${backend.token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}
