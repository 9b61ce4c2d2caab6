import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fetchKeptAlive } from '../../tasks/local/devices/fetch-kept-alive';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const init = { method: 'POST', headers: {}, body: '{}' };

let connections: number;
const sockets: Socket[] = [];
/** What becomes of the requests of each connection, in their order. */
let behave: (socket: Socket, request: number, connection: number) => void;
const server = createServer((socket) => {
  const connection = ++connections;
  let requests = 0;
  sockets.push(socket);
  socket.on('data', () => behave(socket, ++requests, connection));
  socket.on('error', () => undefined);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => {
  connections = 0;
});
afterAll(() => {
  server.close();
  for (const socket of sockets) socket.destroy();
});

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

test('a request that meets a kept connection at its end is made again on a new one', async () => {
  behave = (socket, request) => (request === 1 ? socket.write(ANSWER) : socket.destroy());
  const fetchUrl = fetchKeptAlive();
  for (const expected of [1, 2, 3]) {
    const response = await fetchUrl(address(), init);

    expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: 'ok' });
    expect(connections).toBe(expected);
  }
});

test('a request whose new connection ends is not made again', async () => {
  behave = (socket) => socket.destroy();

  await expect(fetchKeptAlive()(address(), init)).rejects.toThrow('socket hang up');
  expect(connections).toBe(1);
});
