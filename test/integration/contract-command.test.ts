import type { Fault } from '../../tasks/local/backend/control/Fault';
import { parseSwitches, SWITCH_VALUES } from '../../tasks/local/backend/control/Switches';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import { ContractBench } from '../support/ContractBench';

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
