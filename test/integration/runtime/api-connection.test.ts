import { ApiConnection } from '../../../tasks/local/runtime/db/ApiConnection';
import { StubBackend } from '../../support/StubBackend';

test.each([
  [429, 1000],
  [500, 50],
  [503, 50]
])('a request that is answered with %i is made once more, after %i ms', async (status, delayMs) => {
  const stub = new StubBackend();
  const waits: number[] = [];
  const connection = new ApiConnection({
    url: await stub.start(),
    token: 'x',
    sleep: (wait) => {
      waits.push(wait);
      return Promise.resolve();
    }
  });
  stub.answer = () => (stub.requests.length === 1 ? { status, body: '' } : { body: '{"ok":true}' });
  expect(await connection.get('x')).toEqual({ ok: true });

  stub.answer = () => ({ status, body: '{"type":"T","detail":"d"}' });
  await expect(connection.get('x')).rejects.toMatchObject({
    status,
    type: 'T',
    body: '{"type":"T","detail":"d"}'
  });
  await stub.stop();

  expect(waits).toEqual([delayMs, delayMs]);
});

test('a client error is not tried again', async () => {
  const stub = new StubBackend();
  const connection = new ApiConnection({ url: await stub.start(), token: 'x' });
  stub.answer = () => ({ status: 404, body: '{"type":"OBJECT_NOT_FOUND"}' });

  await expect(connection.get('x')).rejects.toMatchObject({ status: 404, type: 'OBJECT_NOT_FOUND' });
  await stub.stop();

  expect(stub.requests).toHaveLength(1);
});

test('a reset connection is tried once more at once, and an answer that is no JSON is not tried again', async () => {
  const stub = new StubBackend();
  const waits: number[] = [];
  const connection = new ApiConnection({
    url: `${await stub.start()}/`,
    token: 'x',
    sleep: (wait) => {
      waits.push(wait);
      return Promise.resolve();
    }
  });
  stub.answer = () => (stub.requests.length === 1 ? (response) => response.destroy() : { body: '{"ok":true}' });
  expect(await connection.get('x')).toEqual({ ok: true });
  expect(waits).toEqual([0]);

  stub.answer = () => ({ body: '<html>' });
  await expect(connection.get('x')).rejects.toMatchObject({ name: 'FetchError', type: 'invalid-json' });
  stub.answer = () => ({ status: 400, body: 'null' });
  await expect(connection.get('x')).rejects.toMatchObject({ status: 400, body: 'null' });
  await stub.stop();

  expect(stub.requests.map(({ name }) => name)).toEqual(Array.from({ length: 4 }, () => 'GET x'));
});
