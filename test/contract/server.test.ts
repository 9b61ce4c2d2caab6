import { request } from 'node:http';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

// Source: "Introduction" and "Error responses" of the vendor's documentation, and its clients' source for `Token` and the keys of
// `info.json`. The routes below `/_local/` are this project's own.

let backend: RunningBackend;

async function start(options: BackendOptions = {}): Promise<void> {
  backend = await startBackend(options);
}
afterEach(() => backend.close());

test('info.json names the deployment', async () => {
  await start({ label: 'Depot', environment: 'staging' });

  expect((await callBackend(backend, 'GET', 'info.json')).json).toMatchObject({
    label: 'Depot',
    environment: 'staging'
  });
});

test('datamodel.json and datamodel.xml describe the models of schema.xml', async () => {
  await start();

  expect((await callBackend(backend, 'GET', 'datamodel.json')).json).toMatchObject({
    app_user: 'user',
    models: {
      user: { fields: { name: { type: 'text', subtype: 'name' } }, belongs_to: { depot: { model: 'depot' } } },
      depot: { has_many: { users: { model: 'user' } } }
    }
  });
  expect((await callBackend(backend, 'GET', 'datamodel.xml')).text).toContain('<model name="user"');
});

test('Bearer, Token and Basic are all let in, in any letter case', async () => {
  await start();
  const basic = Buffer.from(`${backend.backendId}:${backend.token}`).toString('base64');

  for (const Authorization of [
    `Bearer ${backend.token}`,
    `bearer ${backend.token}`,
    `Token ${backend.token}`,
    `Basic ${basic}`
  ]) {
    expect((await callBackend(backend, 'GET', 'users', undefined, { Authorization })).status).toBe(200);
  }
});

test.each(['', 'Bearer', 'Bearer wrong', 'Token wrong', 'Basic wrong', 'Digest x', 'constructor x'])(
  'the Authorization "%s" is 401 in plain text',
  async (Authorization) => {
    await start();

    const answer = await callBackend(backend, 'GET', 'users', undefined, { Authorization });

    expect(answer).toMatchObject({ status: 401, text: 'HTTP Basic: Access denied.', json: {} });
  }
);

test('with unauthorizedBody=json a 401 has the shape of other errors', async () => {
  await start({ switches: { unauthorizedBody: 'json' } });

  const answer = await callBackend(backend, 'GET', 'users', undefined, { Authorization: 'Bearer wrong' });

  expect(answer).toMatchObject({ status: 401, json: { type: 'AUTHENTICATION_FAILED' } });
});

test.each<[string, string, string]>([
  ['GET', 'nothing', 'ROUTE_ERROR'],
  ['POST', 'info.json', 'ROUTE_ERROR'],
  ['GET', 'batch.json', 'ROUTE_ERROR'],
  ['DELETE', 'users', 'ROUTE_ERROR'],
  ['POST', 'users/x/freeze', 'ROUTE_ERROR'],
  ['GET', 'users/%E0%A4%A', 'ROUTE_ERROR'],
  ['GET', '../64b0c0ffee64b0c0ffee64b0/users', 'ACCOUNT_NOT_FOUND'],
  ['GET', '../../v3/64b0c0ffee64b0c0ffee64b0/users', 'ROUTE_ERROR'],
  ['GET', '../short/users', 'ROUTE_ERROR']
])('%s %s is 404 %s', async (method, path, type) => {
  await start();

  expect(await callBackend(backend, method, path)).toMatchObject({ status: 404, json: { type } });
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example'])(
  'a request for the host %s is refused',
  async (host) => {
    await start();

    const status = await new Promise((resolve, reject) => {
      request(`${backend.origin}/_local/state`, { headers: { Host: host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

    expect(status).toBe(403);
  }
);

test('a body over 10 MB is 413', async () => {
  await start();

  expect((await callBackend(backend, 'POST', 'batch.json', 'x'.repeat(11 * 1024 * 1024))).status).toBe(413);
});

test('/_local shows the state and the requests, seeds, and refuses what it cannot do', async () => {
  await start();
  const local = async (method: string, path: string, body?: string): Promise<[number, unknown]> => {
    const init = { method, headers: { 'Content-Type': 'application/json' }, ...(body !== undefined && { body }) };
    const response = await fetch(`${backend.origin}/_local/${path}`, init);
    return [response.status, await response.json()];
  };

  expect(await local('POST', 'seed', '{"users":3}')).toEqual([200, { added: 3, users: 3 }]);
  await callBackend(backend, 'POST', 'batch.json', { operations: [] });
  expect(await local('GET', 'state')).toEqual([200, expect.objectContaining({ users: 3, requests: 1 })]);
  const [, log] = await local('GET', 'requests');
  expect(log).toEqual({
    requests: [
      {
        number: 1,
        atMs: expect.any(Number),
        method: 'POST',
        path: expect.stringMatching(/batch\.json$/),
        query: '',
        status: 200,
        operations: 0,
        authScheme: 'Bearer',
        body: '{"operations":[]}'
      }
    ]
  });
  expect(JSON.stringify(log)).not.toContain(backend.token);
  expect((await local('PUT', 'faults', '{}'))[0]).toBe(400);
  expect((await local('GET', 'nothing'))[0]).toBe(404);
  expect((await local('POST', 'seed', 'no JSON'))[0]).toBe(400);
});

test('a data model that is not there is a clear error', async () => {
  await start();

  await expect(startBackend({ schemaPath: '/nowhere/schema.xml' })).rejects.toThrow(
    /^The data model \/nowhere\/schema.xml cannot be used: ENOENT/
  );
});

test('a taken port is an error', async () => {
  await start();

  await expect(startBackend({ port: Number(new URL(backend.origin).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE'
  });
});
