import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What is posted, and to whom. */
export interface TriggerPost {
  readonly url: string;
  readonly token: string;
  readonly body: string;
  /** Aborting it ends the connection. */
  readonly signal: AbortSignal;
}

/**
 * Posts a trigger; resolves with the answer when its head is there. The connection has no time limit, because an invocation may
 * be ordered for next year: `fetch` gives up where nothing comes for five minutes.
 *
 * @throws Error where the platform cannot be reached
 */
export function postTrigger({ url, token, body, signal }: TriggerPost): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    request(url, { method: 'POST', headers, signal, timeout: 0 }, resolve).once('error', reject).end(body);
  });
}
