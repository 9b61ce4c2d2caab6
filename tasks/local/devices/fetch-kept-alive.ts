import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { FetchUrl } from './DeviceConnection';

/** Makes the requests of a device over connections that stay open. For a thousand devices this takes a fraction of the CPU of the global `fetch`. */
export function fetchKeptAlive(): FetchUrl {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const onResponse = (response: IncomingMessage): void => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text: () => Promise.resolve(text) }));
      };
      request(url, { agent, method, headers }, onResponse).once('error', reject).end(body);
    });
}
