import { readdirSync } from 'node:fs';
import { ContractBench } from '../support/ContractBench';

let bench: ContractBench;
beforeEach(() => {
  bench = new ContractBench();
});
afterEach(() => bench.close());

test.each([false, true])(
  'it changes nobody else, wipes nothing, and leaves the user as it was: locked %s',
  async (locked) => {
    await bench.start();
    const { backend, userId } = bench;
    if (locked) {
      await fetch(`${backend.url}/users/${userId}/lock`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' },
        body: '{"wipe":false}'
      });
    }
    const before = backend.users();

    const { code, stdout } = await bench.run();

    const others = (users: typeof before): typeof before => users.filter(({ id }) => id !== userId);
    expect(code).toBe(0);
    expect(others(backend.users())).toEqual(others(before));
    expect(backend.user(userId)?.locked).toBe(locked);
    expect(backend.state().resetSessions).toBe(0);
    expect(backend.violations()).toEqual([]);
    expect(stdout).toContain('| Unlocking changes no session. |  | As assumed.');
  }
);

test('every change is of that one user alone, and every lock has the literal wipe: false', async () => {
  await bench.start();
  await bench.run();

  const changes = bench.backend
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('query.json'))
    .map(({ path, body }) => ({
      path,
      body: JSON.parse(body === '' ? '{}' : (body ?? '{}')) as Record<string, unknown>
    }));

  expect(changes.length).toBeGreaterThan(8);
  for (const { path, body } of changes) {
    const { operations } = body as { operations?: Record<string, unknown>[] };
    if (!path.endsWith('batch.json')) {
      expect(path).toContain(`/users/${bench.userId}/`);
      expect(path).toMatch(/\/(?:lock|unlock|re-authenticate)$/);
      if (path.endsWith('/lock')) expect(body).toEqual({ wipe: false });
      continue;
    }
    expect(operations).toHaveLength(1);
    const [operation = {}] = operations ?? [];
    expect(operation['user_id']).toBe(bench.userId);
    expect(operation['method']).toMatch(/^users\/(?:lock|unlock|re-authenticate)$/);
    if (operation['method'] === 'users/lock') expect(operation['wipe']).toBe(false);
  }
});

test('a user who is not there is told, and nothing is changed', async () => {
  await bench.start();

  const ended = await bench.run(() => undefined, { CONTRACT_USER_ID: '0f0e0d0c-1111-4222-8333-444444444401' });

  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('The user could not be read: 404 OBJECT_NOT_FOUND.')
  });
});

test('where a change goes wrong the user is put back, and what was seen is told', async () => {
  await bench.start();
  const { backend } = bench;
  backend.setFaults({ faults: [{ kind: 'drop', applied: true, route: 'POST batch.json', locks: true, at: [2] }] });

  const { code, stdout, stderr } = await bench.run();

  expect(code).toBe(1);
  expect(stderr).toContain('No answer to POST batch.json: UND_ERR_SOCKET.');
  expect(stderr).toContain('The user is not locked, as before.');
  expect(backend.user(bench.userId)?.locked).toBe(false);
  expect(stdout).toContain('| A read shows at once what a write did. |  | As assumed.');
  expect(readdirSync(bench.folder)).toEqual([]);
});

test('a user who cannot be put back is told, with what to do', async () => {
  await bench.start();
  bench.backend.setFaults({
    faults: [{ kind: 'status', status: 500, route: 'POST users/:any/unlock', from: 2 }]
  });

  const { code, stderr } = await bench.run();

  expect(code).toBe(1);
  expect(stderr).toContain(
    'The user could not be put back (the user is shown otherwise). Have the user unlocked in OXIDE.'
  );
});

test('Ctrl-C ends it with 130, and the user is put back', async () => {
  await bench.start();
  let requests = 0;

  const ended = await bench.run((io) => {
    const { write } = io.stderr;
    io.stderr.write = (text) => {
      if (text.startsWith('Changing')) requests = bench.backend.requests().length;
      if (text.startsWith('Changing')) io.interrupt.abort();
      write(text);
    };
  });

  expect(requests).toBeGreaterThan(10);
  expect(ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('Stopped before the end.') });
  expect(bench.backend.user(bench.userId)?.locked).toBe(false);
});
