import { readdirSync } from 'node:fs';
import { contract } from '../../tasks/contract/command';
import type { Fault } from '../../tasks/local/backend/control/Fault';
import { parseSwitches, SWITCH_VALUES } from '../../tasks/local/backend/control/Switches';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import { ContractBench } from '../support/ContractBench';
import { RecordedIo } from '../support/RecordedIo';

/** Switches that reads and changes of one user show, where the app has users enough. */
const SEEN = [
  'actionAnswer',
  'batchUnlock',
  'echo',
  'filterById',
  'invalidOperation',
  'listTotal',
  'repeatError',
  'repeatLock',
  'sessionsOfNewUser',
  'unauthorizedBody',
  'usersApi',
  'usersPageSize'
] as const satisfies readonly (keyof Switches)[];

let bench: ContractBench;
beforeEach(() => {
  bench = new ContractBench();
});
afterEach(() => bench.close());

const SETTINGS = Object.entries(SWITCH_VALUES).flatMap(([name, values]) =>
  (SEEN as readonly string[]).includes(name) ? values.map((value): [string, string] => [name, value]) : []
);

test.each(SETTINGS)(
  'it finds out that %s is %s, and the switches it writes make the local platform so',
  async (name, value) => {
    // The type of an error shows only where there is an error, and a page only where there are users for it.
    const others = name === 'repeatError' ? { repeatLock: 'error' } : {};
    const users = name === 'usersPageSize' ? 1100 : 6;
    const switches = parseSwitches({ ...others, [name]: value });
    await bench.start(switches, { users, twoDevices: 1, neverEnrolled: 1 });

    const { code, stderr } = await bench.run();

    expect(stderr).toContain('Use it with: npm run local -- --switches');
    expect(code).toBe(0);
    expect(bench.written()).toMatchObject({ [name]: value });
    expect(switches).toMatchObject(bench.written());
    expect(() => parseSwitches(bench.written())).not.toThrow();
  }
);

test('on a deployment with every other value it settles all switches that can be seen', async () => {
  const last = Object.fromEntries(Object.entries(SWITCH_VALUES).map(([name, values]) => [name, values.at(-1)]));
  const switches = parseSwitches({
    ...last,
    usersApi: 'there',
    repeatLock: 'error',
    missingWipe: 'wipe',
    wipeFalse: 'keeps'
  });
  await bench.start(switches, { users: 1100, twoDevices: 1, neverEnrolled: 200 });

  const { stdout } = await bench.run();

  expect(switches).toMatchObject(bench.written());
  expect(Object.keys(bench.written()).sort()).toEqual([...SEEN].sort());
  expect(stdout.match(/\*\*Otherwise\.\*\*/g)?.length).toBeGreaterThan(8);
});

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

test('it asks before it begins, and sends nothing without a yes', async () => {
  await bench.start();

  const no = await bench.run((io) => (io.answer = 'y'));
  const nobody = await bench.run((io) => (io.answer = undefined));

  expect(no).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('You did not say yes. Nothing was sent.')
  });
  expect(no.stderr).toContain(`the user ${bench.userId} of ${bench.backend.url}`);
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('Nobody can be asked') });
  expect(bench.backend.requests()).toEqual([]);
  expect(readdirSync(bench.folder)).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ['in CI', { CI: 'true' }, 'This is CI (the variable CI is set).'],
  ['without a user', { CONTRACT_USER_ID: '' }, 'CONTRACT_USER_ID is not set.'],
  ['with two users', { CONTRACT_USER_ID: 'a,b' }, 'CONTRACT_USER_ID must be one user id'],
  [
    'with an address of another kind',
    { CONTRACT_BACKEND_URL: 'http://example.test/' },
    'CONTRACT_BACKEND_URL must start with'
  ],
  ['with a token that is none', { CONTRACT_API_TOKEN: 'Bearer x' }, 'CONTRACT_API_TOKEN has a space']
])('%s it refuses before it asks', async (_name, variables, sentence) => {
  await bench.start();
  let io: RecordedIo | undefined;

  const ended = await bench.run((given) => (io = given), variables);

  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(sentence) });
  expect(io?.asked).toEqual([]);
  expect(bench.backend.requests()).toEqual([]);
});

test('a file that could not be written is refused before anything is sent', async () => {
  await bench.start();
  const io = new RecordedIo({
    environment: {
      CONTRACT_BACKEND_URL: bench.backend.url,
      CONTRACT_API_TOKEN: bench.backend.token,
      CONTRACT_USER_ID: bench.userId
    }
  });

  const folder = await io.run(contract, ['--write', bench.folder]);

  expect(folder).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be used: it is a folder.') });
  expect(io.asked).toEqual([]);
});

test('an app without the users API is told, and the rest is read', async () => {
  await bench.start({ usersApi: 'absent' });

  const { code, stdout } = await bench.run();

  expect(code).toBe(0);
  expect(bench.written()).toMatchObject({ usersApi: 'absent', filterById: 'works' });
  expect(stdout).toContain('`usersApi=absent` | **Otherwise.**');
  expect(bench.backend.requests().some(({ path }) => path.endsWith('batch.json'))).toBe(false);
});

test.each<[string, Fault[]]>([
  ['reads lag', [{ kind: 'read-lag', ms: 4000, route: 'GET users/:any' }]],
  ['requests are throttled', [{ kind: 'status', status: 429, retryAfter: 3, share: 0.3 }]]
])('where %s it finds the same', async (_name, faults) => {
  await bench.start({ batchUnlock: 'works', echo: 'all' });
  bench.backend.setLimits({ enforced: false });
  bench.backend.setFaults({ seed: 5, faults });

  const { stdout } = await bench.run();

  expect(bench.written()).toMatchObject({ batchUnlock: 'works', echo: 'all', repeatLock: 'error' });
  expect(stdout).toMatch(/after \d+ ms|Retry-After/);
  expect(bench.backend.user(bench.userId)?.locked).toBe(false);
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
