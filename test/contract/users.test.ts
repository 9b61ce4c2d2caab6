import type { Switches } from '../../tasks/local/backend/control/Switches';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

let backend: RunningBackend;

async function start(options: BackendOptions = {}): Promise<void> {
  backend = await startBackend(options);
}
afterEach(() => backend.close());

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
])('with usersPageSize=%s a page has %i users unless told, and %i at most', async (usersPageSize, byDefault, most) => {
  await start({ switches: { usersPageSize } });
  backend.seed({ users: 1100 });

  expect((await callBackend(backend, 'GET', 'users')).json['count']).toBe(byDefault);
  expect((await callBackend(backend, 'GET', 'users?limit=5000')).json['count']).toBe(most);
});

// Source: samples of "Manage app users and sessions" and "Retrieve all objects" have `total`; the latter says that requests from
// CloudCode get it with `total=true` only. That a request from CloudCode is known by its scheme `Token` is assumed.
test.each<[Switches['listTotal'], string, boolean]>([
  ['by-client', 'Bearer', true],
  ['by-client', 'Token', false],
  ['on-request', 'Bearer', false],
  ['on-request', 'Token', false],
  ['always', 'Bearer', true],
  ['always', 'Token', true]
])(
  'with listTotal=%s lists for %s clients have a total without total=true: %s',
  async (listTotal, scheme, hasTotal) => {
    await start({ switches: { listTotal } });
    const list = async (path: string): Promise<unknown> => {
      const headers = { Authorization: `${scheme} ${backend.token}` };
      return (await callBackend(backend, 'GET', path, undefined, headers)).json['total'];
    };

    for (const path of ['users', 'objects/user.json']) {
      expect(await list(path)).toBe(hasTotal ? 0 : undefined);
      expect(await list(`${path}?total=true`)).toBe(0);
    }
  }
);

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
