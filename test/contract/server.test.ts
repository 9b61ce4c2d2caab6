import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDataModel } from '../../tasks/local/backend/parse-data-model';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { parseSwitches } from '../../tasks/local/backend/Switches';
import { callBackend } from '../support/call-backend';

let backend: RunningBackend;
let folder: string;

async function start(options: BackendOptions = {}): Promise<void> {
  backend = await startBackend(options);
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => backend?.close());

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
      user: { fields: { name: { type: 'text', subtype: 'text:name' } }, belongs_to: { depot: { model: 'depot' } } },
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

describe('users', () => {
  test('pages follow each other, and more says whether another one comes', async () => {
    await start();
    const { userIds } = backend.seed({ users: 5 });

    const [first, second] = [
      await callBackend(backend, 'GET', 'users?limit=3'),
      await callBackend(backend, 'GET', 'users?limit=3&skip=3')
    ];

    expect(first.json).toMatchObject({ count: 3, more: true });
    expect(second.json).toMatchObject({ count: 2, more: false });
    const ids = [first, second].flatMap(({ json }) => (json['objects'] as { id: string }[]).map(({ id }) => id));
    expect(ids).toEqual(userIds);
  });

  test.each<['100/1000' | '10/100' | '1000/1000', number, number]>([
    ['100/1000', 100, 1000],
    ['10/100', 10, 100],
    ['1000/1000', 1000, 1000]
  ])(
    'with usersPageSize=%s a page has %i users unless told, and %i at most',
    async (usersPageSize, byDefault, most) => {
      await start({ switches: { usersPageSize } });
      backend.seed({ users: 1100 });

      expect((await callBackend(backend, 'GET', 'users')).json['count']).toBe(byDefault);
      expect((await callBackend(backend, 'GET', 'users?limit=5000')).json['count']).toBe(most);
    }
  );

  test('total comes on request, or always', async () => {
    await start();
    expect((await callBackend(backend, 'GET', 'users')).json).not.toHaveProperty('total');
    expect((await callBackend(backend, 'GET', 'users?total=true')).json).toHaveProperty('total', 0);
    await backend.close();

    await start({ switches: { listTotal: 'always' } });
    expect((await callBackend(backend, 'GET', 'users')).json).toHaveProperty('total', 0);
  });

  test.each<['absent' | 'empty', object]>([
    ['absent', {}],
    ['empty', { sessions: [] }]
  ])('with sessionsOfNewUser=%s a user who was never in the app shows %j', async (sessionsOfNewUser, expected) => {
    await start({ switches: { sessionsOfNewUser } });
    const { userIds } = backend.seed({ users: 1, neverEnrolled: 1 });

    expect((await callBackend(backend, 'GET', `users/${userIds[0]}`)).json).toEqual({
      id: userIds[0],
      last_connected_at: null,
      enrolled: false,
      locked: false,
      ...expected
    });
  });

  test('a session can be read alone', async () => {
    await start();
    const { userIds } = backend.seed({ users: 1 });
    const session = backend.user(userIds[0] ?? '')?.sessions?.[0];

    expect((await callBackend(backend, 'GET', `users/${userIds[0]}/sessions/${session?.id}`)).json).toEqual(session);
    expect((await callBackend(backend, 'GET', `users/${userIds[0]}/sessions/none`)).status).toBe(404);
  });
});

describe('seeding', () => {
  test('makes the groups that are asked for, the same ones for the same seed', async () => {
    await start();
    const first = backend.seed({ users: 10, locked: 2, twoDevices: 3, neverEnrolled: 1 });
    expect(backend.state()).toMatchObject({
      users: 10,
      lockedUsers: 2,
      enrolledUsers: 7,
      sessions: { ENROLLED: 10, LOCKED: 2, RESET: 0 },
      objects: { user: 10 }
    });
    await backend.close();

    await start();
    expect(backend.seed({ users: 10, locked: 2, twoDevices: 3, neverEnrolled: 1 })).toEqual(first);
    expect(new Set([...first.userIds, ...backend.seed({ users: 10 }).userIds]).size).toBe(20);
  });

  test.each<[object, string]>([
    [{ users: -1 }, '"users" must be a whole number'],
    [{ users: 1.5 }, '"users" must be a whole number'],
    [{}, '"users" must be a whole number'],
    [{ users: 2, locked: 3 }, 'together are more than "users"']
  ])('with %j says what is wrong', async (body, sentence) => {
    await start();

    const response = await fetch(`${backend.origin}/_local/seed`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body)
    });

    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining(sentence.replaceAll('"', '\\"'))
    ]);
  });
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
  expect(await local('PUT', 'faults', '{}')).toEqual([501, { error: 'Faults cannot be scripted yet.' }]);
  expect((await local('GET', 'nothing'))[0]).toBe(404);
  expect((await local('POST', 'seed', 'no JSON'))[0]).toBe(400);
});

describe('data file', () => {
  test('keeps users, sessions, objects and the id of the deployment', async () => {
    const dataFile = join(folder, 'state.json');
    await start({ dataFile });
    const { userIds } = backend.seed({ users: 3, twoDevices: 1 });
    await callBackend(backend, 'POST', 'batch.json', {
      operations: [{ method: 'users/lock', user_id: userIds[0], wipe: false }]
    });
    await callBackend(backend, 'DELETE', `objects/user/${userIds[2]}.json`);
    const [before, users, id] = [backend.state(), backend.users(), backend.backendId];
    await backend.close();

    await start({ dataFile });

    expect(backend.users()).toEqual(users);
    expect(backend.backendId).toBe(id);
    expect(backend.state()).toEqual({ ...before, requests: 0, lockRequests: 0, operations: 0 });
    expect((await callBackend(backend, 'GET', `objects/user/${userIds[0]}.json`)).json).toMatchObject({
      name: 'Amina Adams'
    });
    expect(await readFile(dataFile, 'utf8')).not.toContain(backend.token);
  });

  test.each([
    '',
    '{"users":',
    '{"hello":1}',
    '{"backendId":"64b0c0ffee64b0c0ffee64b0","users":[],"deletedUsers":[],"objects":{"ghost":[]}}'
  ])('that holds %j is refused and left as it is', async (content) => {
    const dataFile = join(folder, 'broken.json');
    await writeFile(dataFile, content);

    await expect(startBackend({ dataFile })).rejects.toThrow(/broken\.json cannot be used: .* Name another file/);
    expect(await readFile(dataFile, 'utf8')).toBe(content);
  });
});

test.each<[string, string]>([
  ['<data-model><model', 'not well-formed'],
  ['<data-model><model label="x"/></data-model>', 'A model has no proper name.'],
  ['<data-model><model name="a"><field name="b" type="photo"/></model></data-model>', '"a.b" has the type "photo"'],
  ['<data-model><model name="a"/><model name="a"/></data-model>', 'two models "a"'],
  ['<data-model><model name="a"><belongs-to/></model></data-model>', 'names no model']
])('the data model %s is refused', (xml, sentence) => {
  expect(() => parseDataModel(xml)).toThrow(sentence);
});

test.each<[object, string]>([
  [{ ehco: 'all' }, 'There is no switch "ehco". The switches are echo,'],
  [{ echo: 'some' }, 'The switch "echo" takes nothing, ids, all, not "some".']
])('the switches %j are refused', (switches, sentence) => {
  expect(() => parseSwitches(switches as Record<string, unknown>)).toThrow(sentence);
});

test('a taken port is an error', async () => {
  await start();

  await expect(startBackend({ port: Number(new URL(backend.origin).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE'
  });
});
