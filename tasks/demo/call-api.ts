import type { RunningBackend } from '../local/backend/start-backend';

/**
 * Makes a request to the Backend API with its token, as a script with curl would. Returns the answer's JSON, or null where it has no body.
 *
 * @throws Error where the answer is an error
 */
export async function callApi(
  { url, token }: Pick<RunningBackend, 'url' | 'token'>,
  method: 'GET' | 'POST',
  path: string,
  body?: object
): Promise<unknown> {
  const response = await fetch(`${url}/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) })
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 200)}`);
  return text === '' ? null : JSON.parse(text);
}
