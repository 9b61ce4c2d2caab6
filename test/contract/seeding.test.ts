import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';

let backend: RunningBackend;

async function start(): Promise<void> {
  backend = await startBackend();
}
afterEach(() => backend.close());

test('seeding makes the groups that are asked for, the same ones for the same seed', async () => {
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
  [{ users: 1_000_001 }, '"users" may be 1000000 at most: a backend has room for 1000000 users.'],
  [{ users: 9e15 }, '"users" may be 1000000 at most'],
  [{ users: 2, locked: 3 }, 'together are more than "users"']
])('seeding with %j says what is wrong', async (body, sentence) => {
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
