import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { FetchUrl } from './DeviceConnection';

/**
 * Makes the requests of a device over connections that stay open. For a thousand devices this takes a fraction of the CPU of the
 * global `fetch`.
 */
export function fetchKeptAlive(): FetchUrl {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const send: FetchUrl = (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const onResponse = (response: IncomingMessage): void => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text: () => Promise.resolve(text) }));
      };
      const sent = request(url, { agent, method, headers }, onResponse);
      sent.once('error', (error) => {
        // The server may close an idle connection at the very moment at which it is used again. A new one tells.
        if (sent.reusedSocket) resolve(send(url, { method, headers, body }));
        else reject(error);
      });
      sent.end(body);
    });
  return send;
}
