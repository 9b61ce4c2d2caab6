import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { readPlanFile, writePlanFile } from '../../tasks/lock-users/plan-file';
import { callBackend } from '../support/call-backend';
import { OperatorBench } from '../support/OperatorBench';

let operator: OperatorBench & { readonly backend: RunningBackend };
let userIds: readonly string[];
beforeEach(async () => {
  operator = await OperatorBench.start();
  ({ userIds } = operator.backend.seed({ users: 6 }));
  operator.configure({ variables: { LOCK_USERS_PROTECTED: 'none' } });
});
afterEach(async () => {
  await operator.backend.close();
  operator.remove();
});

const file = (name: string, text?: string): string => {
  const path = join(operator.root, name);
  if (text !== undefined) writeFileSync(path, text);
  return path;
};
const lockedIds = (): string[] => operator.backend.users().flatMap(({ id, locked }) => (locked ? [id] : []));
const rename = (id: string | undefined, values: object): Promise<unknown> =>
  callBackend(operator.backend, 'PATCH', `objects/user/${id}.json`, { user: values });

test('a plan shows whom a lock would lock, and its apply locks them and nobody else', async () => {
  const path = file('plan.json');
  const exclude = file('exclude.txt', `${userIds[5]}\n`);

  const plan = await operator.call('plan', '--direct', '--out', path, '--exclude', exclude, '--reason', 'Release 7');
  expect(plan).toMatchObject({
    code: 0,
    json: {
      status: 'planned',
      count: 5,
      counts: { selected: 6, excluded: 1, planned: 5 },
      next: `lock-users apply ${path} --direct`
    }
  });
  expect(plan.json['sample']).toHaveLength(5);
  expect(operator.backend.state()).toMatchObject({ lockRequests: 0 });
  expect((await callBackend(operator.backend, 'GET', 'objects/lock_run.json')).json).toMatchObject({ objects: [] });

  const { userIds: later } = operator.backend.seed({ users: 2 });
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });
  const { code, json } = await operator.call('apply', path, '--direct', '--confirm', '5');

  expect(code).toBe(0);
  expect(json).toMatchObject({ status: 'done', counts: { selected: 5, alreadyLocked: 1, locked: 4 } });
  expect(json['next']).toBe(`lock-users undo ${String(json['runId'])} --direct`);
  expect(lockedIds().sort()).toEqual(userIds.slice(0, 5).sort());
  expect(lockedIds()).not.toContain(later[0]);

  const undone = await operator.call('undo', String(json['runId']), '--direct', '--confirm', '4');
  expect(undone).toMatchObject({ code: 0, json: { status: 'done', counts: { unlocked: 4 } } });
  expect(lockedIds()).toEqual([userIds[0]]);
});

test('a plan that was changed, of another deployment, or none, is refused with 2', async () => {
  const path = file('plan.json');
  await operator.call('plan', '--direct', '--out', path);
  const text = readFileSync(path, 'utf8');
  const foreign = file('foreign.json');
  writePlanFile(foreign, { ...readPlanFile(path, operator.backend.backendId), backendId: 'f'.repeat(24) });
  const cases: [string, string, string][] = [
    [text.replace('"count": 6', '"count": 7'), 'was changed since', path],
    ['{}', 'is not a plan', path],
    [readFileSync(foreign, 'utf8'), 'is the plan of another deployment (Depot, testing)', path],
    ['no JSON', 'cannot be read as a plan', path]
  ];
  for (const [content, message] of cases) {
    writeFileSync(path, content);
    const { code, stderr } = await operator.call('apply', path, '--direct', '--confirm', '6');
    expect({ code, says: stderr.includes(message) }).toEqual({ code: 2, says: true });
  }
  expect(lockedIds()).toEqual([]);
});

test('--dry-run of a plan shows what is left of it, and sends nothing', async () => {
  const path = file('plan.json');
  await operator.call('plan', '--direct', '--out', path);
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });

  const end = await operator.call('apply', path, '--direct', '--dry-run', '--confirm', '6');

  expect(end).toMatchObject({ code: 0, json: { status: 'planned', next: `lock-users apply ${path} --direct` } });
  expect(end.json['counts']).toMatchObject({ alreadyLocked: 1, planned: 5 });
  expect(lockedIds()).toEqual([userIds[0]]);
});

test('the plan says how many are protected by id and how many by rule', async () => {
  await rename(userIds[1], { role: 'administrator' });
  await rename(userIds[2], { role: 'administrator' });
  const rule = '["role = ?", "administrator"]';
  const protectedIds = [userIds[2], userIds[3], userIds[4]].join(',');
  operator.configure({ variables: { LOCK_USERS_PROTECTED: protectedIds, LOCK_USERS_PROTECTED_WHERE: rule } });

  const { json } = await operator.call('plan', '--direct');
  const { stdout } = operator.note(await operator.open({ isTerminal: true }).call('plan', '--direct'));

  expect(json).toMatchObject({ counts: { protected: 4 }, protectedBy: { id: 3, rule: 1 } });
  expect(stdout).toMatch(/^selected +6\nprotected by id +3\nprotected by rule +1\nexcluded +0$/m);
});

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
  expect(lockedIds()).toEqual([]);
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
  expect(lockedIds()).toEqual([]);
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
  expect(lockedIds()).toEqual([]);
});

test('an environment that is not the one of the settings is refused with 2, and so is a missing one', async () => {
  for (const environment of ['production', undefined]) {
    operator.configure({ environment, variables: { LOCK_USERS_PROTECTED: 'none' } });
    const { code, stderr } = await operator.call('apply', '--direct', '--confirm', '6');
    expect({ code, says: stderr.includes('says "testing"') }).toEqual({ code: 2, says: true });
  }
  expect(lockedIds()).toEqual([]);
});

test('people are named by any field, in lines or in CSV', async () => {
  await rename(userIds[0], { email: 'ada@example.com' });
  await rename(userIds[1], { email: 'o"brien, x@example.com' });
  const csv = file('people.csv', '\uFEFFname,Email\r\n"A, B",ada@example.com\r\n\r\nC,"o""brien, x@example.com"\r\n');

  const { code, json } = await operator.call('apply', '--direct', '--users', csv, '--by', 'email', '--confirm', '2');

  expect({ code, status: json['status'] }).toEqual({ code: 0, status: 'done' });
  expect(lockedIds().sort()).toEqual([userIds[0], userIds[1]].sort());
});

test('lines that match nobody or several are all named, and nothing is sent', async () => {
  await rename(userIds[0], { email: 'twice@example.com' });
  await rename(userIds[1], { email: 'twice@example.com' });
  const lines = file('people.txt', 'twice@example.com\nnobody@example.com\n');

  const { code, stderr } = await operator.call(
    'apply',
    '--direct',
    '--users',
    lines,
    '--by',
    'email',
    '--confirm',
    '1'
  );

  expect(code).toBe(2);
  expect(stderr).toContain('line 1: "twice@example.com" matches 2 users');
  expect(stderr).toContain('line 2: "nobody@example.com" matches nobody');
  expect((await operator.call('plan', '--direct', '--users', lines, '--by', 'mail')).stderr).toContain(
    'has no such field'
  );
  expect((await operator.call('plan', '--direct', '--users', lines)).stderr).toContain('matches nobody');
  expect(operator.backend.state()).toMatchObject({ lockRequests: 0, lockedUsers: 0 });
});

test('the report has a row for each selected user, and no formula', async () => {
  await rename(userIds[0], { name: '=HYPERLINK("x")' });
  operator.configure({ variables: { LOCK_USERS_PROTECTED: userIds[2] } });
  await callBackend(operator.backend, 'POST', `users/${userIds[1]}/lock`, { wipe: false });
  const path = file('report.csv');

  const { code } = await operator.call('apply', '--direct', '--confirm', '4', '--report', path);

  expect(code).toBe(0);
  const rows = readFileSync(path, 'utf8').split('\r\n');
  expect(rows[0]).toBe('user_id,name,outcome,detail');
  expect(rows).toContain(`${userIds[0]},"'=HYPERLINK(""x"")",locked,`);
  expect(rows.find((row) => row.startsWith(`${userIds[1]}`))).toMatch(/,already_locked,$/);
  expect(rows.find((row) => row.startsWith(`${userIds[2]}`))).toMatch(/,protected,$/);
  expect(rows.filter((row) => row.endsWith(',locked,'))).toHaveLength(4);
  expect(existsSync(`${path}.tmp`)).toBe(false);
  expect((await operator.call('apply', '--direct', '--confirm', '0', '--report', file('report.txt'))).code).toBe(2);
});

test('where everybody is locked already, a report of an earlier call is made whole', async () => {
  await operator.call('apply', '--direct', '--confirm', '6');
  const path = file('report.json', JSON.stringify([{ userId: userIds[0], name: '', outcome: 'locked', detail: '' }]));

  const { code } = await operator.call('apply', '--direct', '--confirm', '0', '--report', path);

  const rows = JSON.parse(readFileSync(path, 'utf8')) as { userId: string; outcome: string }[];
  expect({ code, ids: rows.map(({ userId }) => userId).sort() }).toEqual({ code: 0, ids: [...userIds].sort() });
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['already_locked']));
});

test('users that fail are named, end with 1, and the next command does the rest', async () => {
  const ids = file('ids.txt', userIds.join('\n'));
  const path = file('plan.json');
  await operator.call('plan', '--direct', '--users', ids, '--out', path);
  await callBackend(operator.backend, 'DELETE', `objects/user/${userIds[3]}.json`);

  const { code, json } = await operator.call('apply', path, '--direct', '--confirm', '6');

  expect(code).toBe(1);
  expect(json).toMatchObject({
    status: 'partial',
    counts: { locked: 5, failed: 1 },
    next: `lock-users apply ${path} --direct`
  });
  expect(json['report']).toMatchObject({ failures: [{ userId: userIds[3] }] });
});

test('--dry-run of unlock shows the plan alone, and unlock and reauthenticate do what they say', async () => {
  await operator.call('apply', '--direct', '--confirm', '6');
  expect(await operator.call('unlock', '--direct', '--dry-run')).toMatchObject({
    code: 0,
    json: { status: 'planned', counts: { planned: 6 } }
  });
  expect(lockedIds()).toHaveLength(6);
  const { code, json } = await operator.call('unlock', '--direct', '--confirm', '6');
  expect({ code, json }).toMatchObject({ code: 0, json: { status: 'done', counts: { unlocked: 6 } } });
  const signedOut = await operator.call('reauthenticate', '--direct', '--dry-run');
  expect(signedOut).toMatchObject({ code: 0, json: { action: 'reauthenticate', status: 'planned' } });
});

test('production asks for the label as well', async () => {
  const production = await OperatorBench.start({ environment: 'Production', label: 'Depot' });
  try {
    production.backend.seed({ users: 2 });
    production.configure({ environment: 'production', variables: { LOCK_USERS_PROTECTED: 'none' } });
    const call = (...options: string[]) => production.call('apply', '--direct', '--confirm', '2', ...options);
    expect((await call()).code).toBe(2);
    expect((await call('--app', 'Other')).code).toBe(3);
    expect((await call('--app', 'Depot')).code).toBe(0);
  } finally {
    await production.backend.close();
    production.remove();
  }
});

test('a wrong token ends with 4, and a deployment that another run holds with 3', async () => {
  const wrong = await operator.open({ token: 'another' }).call('apply', '--direct', '--confirm', '6');
  expect(wrong.code).toBe(4);

  const lease = new Date(Date.now() + 200_000).toISOString();
  const values = { status: 'running', run_id: 'other', lease_holder: 'x', lease_expires_at: lease };
  await callBackend(operator.backend, 'POST', 'objects/lock_run.json', { lock_run: values });
  const { code, json } = await operator.call('apply', '--direct', '--confirm', '6');
  expect(code).toBe(3);
  expect(json).toMatchObject({ report: { stopReason: { code: 'RUN_UNDER_WAY' } }, next: 'lock-users runs' });
});
