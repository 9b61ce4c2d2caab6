import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
let userIds: readonly string[];
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(6));
});
afterEach(() => operator.close());

test.each([
  [['--unlock-at', '06:00 Europe/Berlin', '--direct'], 'nothing would be there in the morning to let people in'],
  [['--unlock-at', 'tomorrow'], '--unlock-at must be such as "06:00 Europe/Berlin"'],
  [['--unlock-at', '06:00 Europe/Berlim'], '--unlock-at has an unknown time zone'],
  [['--unlock-at', '2020-01-01T06:00:00Z'], '--unlock-at is over'],
  [['--window', '21:00'], '--window must be such as "21:00-23:30 Europe/Berlin"']
])('apply %j is refused with 2 before anything is sent', async (options, message) => {
  const { code, stderr } = await operator.call('apply', '--confirm', '6', ...options);
  expect({ code, says: stderr.includes(message) }).toEqual({ code: 2, says: true });
  expect(operator.backend.requests()).toEqual([]);
});

test.each([
  ['nobody can be asked', [], undefined, 2, 'give --confirm'],
  ['another count is confirmed', ['--confirm', '5'], undefined, 3, '6 users would be locked'],
  ['another count is typed', [], '5', 3, '6 users would be locked']
])('nothing is sent where %s', async (_case, options, answer, code, message) => {
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = answer;
  const end = operator.note(await terminal.call('apply', '--direct', ...options));
  expect(end).toMatchObject({ code, stderr: expect.stringContaining(message) as string });
  expect(operator.lockedIds).toEqual([]);
});

test('the count is typed back on a terminal, which shows the plan, the counts and the next command', async () => {
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = '6';

  const { code, stdout, stderr } = operator.note(await terminal.call('apply', '--direct'));

  expect(code).toBe(0);
  expect(terminal.asked).toEqual(['Type the number of users to lock (6): ']);
  expect(stderr).toMatch(/would be locked +6\n/);
  expect(stdout).toMatch(/^Run [0-9a-f-]+ \(lock\): done\n/);
  expect(stdout).toMatch(/ {2}locked +6\n/);
  expect(stderr).toMatch(/Next: lock-users undo [0-9a-f-]+ --direct\n$/);
  expect(stderr).toContain('What is set in OXIDE does not apply');
});

test('where somebody comes between the plan and the answer, nobody is locked who was not agreed to', async () => {
  const terminal = operator.open({ isTerminal: true });
  terminal.ask = () => {
    operator.backend.seed({ users: 1 });
    return Promise.resolve('6');
  };
  const end = operator.note(await terminal.call('apply', '--direct', '--json'));
  expect(end).toMatchObject({ code: 3, json: { report: { stopReason: { code: 'TOO_MANY_USERS' } } } });
  expect(operator.lockedIds).toEqual([]);
});

test('--no-input asks nobody on a terminal either', async () => {
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = '6';
  expect((await terminal.call('apply', '--direct', '--no-input')).code).toBe(2);
  expect(terminal.asked).toEqual([]);
});

test('without protection in .journeyrc --direct is refused, and an armed "false" is heeded', async () => {
  operator.configure();
  const { code, stderr } = await operator.call('plan', '--direct');
  expect({ code, says: stderr.includes('"none" says that nobody is') }).toEqual({ code: 2, says: true });

  operator.configure({ variables: { LOCK_USERS_PROTECTED: userIds[1], LOCK_USERS_ARMED: 'false' } });
  const refused = await operator.call('apply', '--direct', '--confirm', '5');
  expect(refused).toMatchObject({
    code: 3,
    json: { status: 'refused', report: { stopReason: { code: 'NOT_ARMED' } } }
  });
  expect(operator.lockedIds).toEqual([]);
});

test('an environment that is not the one of the settings is refused with 2, and so is a missing one', async () => {
  for (const environment of ['production', undefined]) {
    operator.configure({ environment, variables: { LOCK_USERS_PROTECTED: 'none' } });
    const { code, stderr } = await operator.call('apply', '--direct', '--confirm', '6');
    expect({ code, says: stderr.includes('says "testing"') }).toEqual({ code: 2, says: true });
  }
  expect(operator.lockedIds).toEqual([]);
});

test('--dry-run of unlock shows the plan alone, and unlock and reauthenticate do what they say', async () => {
  await operator.call('apply', '--direct', '--confirm', '6');
  expect(await operator.call('unlock', '--direct', '--dry-run')).toMatchObject({
    code: 0,
    json: { status: 'planned', counts: { planned: 6 } }
  });
  expect(operator.lockedIds).toHaveLength(6);
  const { code, json } = await operator.call('unlock', '--direct', '--confirm', '6');
  expect({ code, json }).toMatchObject({ code: 0, json: { status: 'done', counts: { unlocked: 6 } } });
  const signedOut = await operator.call('reauthenticate', '--direct', '--dry-run');
  expect(signedOut).toMatchObject({ code: 0, json: { action: 'reauthenticate', status: 'planned' } });
});

test('production asks for the label as well', async () => {
  const production = await LocalOperator.start({ environment: 'Production', label: 'Depot' });
  try {
    production.backend.seed({ users: 2 });
    production.configure({ environment: 'production', variables: { LOCK_USERS_PROTECTED: 'none' } });
    const call = (...options: string[]) => production.call('apply', '--direct', '--confirm', '2', ...options);
    expect((await call()).code).toBe(2);
    expect((await call('--app', 'Other')).code).toBe(3);
    expect((await call('--app', 'Depot')).code).toBe(0);
  } finally {
    await production.close();
  }
});

test('a wrong token ends with 4, and a deployment that another run holds with 3', async () => {
  const wrong = await operator.open({ token: 'another' }).call('apply', '--direct', '--confirm', '6');
  expect(wrong.code).toBe(4);

  const lease = new Date(Date.now() + 200_000).toISOString();
  const values = { status: 'running', run_id: 'other', lease_holder: 'x', lease_expires_at: lease };
  await operator.createRun(values);
  const { code, json } = await operator.call('apply', '--direct', '--confirm', '6');
  expect(code).toBe(3);
  expect(json).toMatchObject({ report: { stopReason: { code: 'RUN_UNDER_WAY' } }, next: 'lock-users runs' });
});
