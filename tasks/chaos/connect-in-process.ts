import { Headers } from 'node-fetch';
import type { Fetch } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Clock } from '../../cloudcode/lock_users/src/ports';
import type { Emulator } from '../local/backend/Emulator';
import { serializeResponse } from '../local/backend/http/ApiResponse';
import type { Exchange } from '../local/backend/http/Exchange';

/**
 * A stand-in for node-fetch that reaches an emulator without a network, on the given clock.
 *
 * As over a network, the emulator carries a request out whether or not its client still waits.
 * @param latencyMs milliseconds from the client to the emulator, and the same back
 * @param onBegin gets each exchange, to end it if the client dies
 */
export function connectInProcess(
  emulator: Emulator,
  clock: Clock,
  latencyMs: number,
  onBegin: (exchange: Exchange) => void
): Fetch {
  return async (url, init) => {
    await clock.sleep(latencyMs);
    const headers = init.headers as Readonly<Record<string, string>>;
    const exchange = emulator.begin({
      method: init.method ?? 'GET',
      url: new URL(url),
      authorization: headers['Authorization'],
      contentType: headers['Content-Type'],
      cacheControl: headers['Cache-Control'],
      body: (init.body as string | undefined) ?? ''
    });
    onBegin(exchange);
    const carriedOut = clock.sleep(exchange.delayMs).then(() => exchange.complete());
    // The same object under another name: the type packages of Node and node-fetch each declare their own.
    const signal = (init.signal ?? undefined) as AbortSignal | undefined;
    let abort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(new Error('The request was aborted.'));
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort);
    });
    try {
      const response = await Promise.race([carriedOut, aborted]);
      const { status, headers: responseHeaders, body } = serializeResponse(response);
      await clock.sleep(latencyMs);
      if (status === 0) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return { status, headers: new Headers(responseHeaders), text: () => Promise.resolve(body) };
    } finally {
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
      exchange.end();
    }
  };
}
