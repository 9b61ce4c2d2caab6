import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveRequest } from './serve-request';
import type { Serving } from './serve-request';

/** An HTTP server that is running. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** Closes open connections, too. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on 127.0.0.1.
 *
 * @param port 0: any that is free
 * @throws Error with the code `EADDRINUSE` where the port is taken
 */
export async function startServer(port: number, serving: Serving): Promise<RunningServer> {
  const server = createServer((request, response) => void serveRequest(serving, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
