import { existsSync, readFileSync } from 'node:fs';
import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
let userIds: readonly string[];
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(6));
});
afterEach(() => operator.close());

test('people are named by any field, in lines or in CSV', async () => {
  await operator.changeUser(userIds[0], { email: 'ada@example.com' });
  await operator.changeUser(userIds[1], { email: 'o"brien, x@example.com' });
  const csv = operator.file(
    'people.csv',
    '\uFEFFname,Email\r\n"A, B",ada@example.com\r\n\r\nC,"o""brien, x@example.com"\r\n'
  );

  const { code, json } = await operator.call('apply', '--direct', '--users', csv, '--by', 'email', '--confirm', '2');

  expect({ code, status: json['status'] }).toEqual({ code: 0, status: 'done' });
  expect(operator.lockedIds.sort()).toEqual([userIds[0], userIds[1]].sort());
});

test('lines that match nobody or several are all named, and nothing is sent', async () => {
  await operator.changeUser(userIds[0], { email: 'twice@example.com' });
  await operator.changeUser(userIds[1], { email: 'twice@example.com' });
  const lines = operator.file('people.txt', 'twice@example.com\nnobody@example.com\n');

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
  await operator.changeUser(userIds[0], { name: '=HYPERLINK("x")' });
  operator.configure({ variables: { LOCK_USERS_PROTECTED: userIds[2] } });
  await callBackend(operator.backend, 'POST', `users/${userIds[1]}/lock`, { wipe: false });
  const path = operator.file('report.csv');

  const { code } = await operator.call('apply', '--direct', '--confirm', '4', '--report', path);

  expect(code).toBe(0);
  const rows = readFileSync(path, 'utf8').split('\r\n');
  expect(rows[0]).toBe('user_id,name,outcome,detail');
  expect(rows).toContain(`${userIds[0]},"'=HYPERLINK(""x"")",locked,`);
  expect(rows.find((row) => row.startsWith(`${userIds[1]}`))).toMatch(/,already_locked,$/);
  expect(rows.find((row) => row.startsWith(`${userIds[2]}`))).toMatch(/,protected,$/);
  expect(rows.filter((row) => row.endsWith(',locked,'))).toHaveLength(4);
  expect(existsSync(`${path}.tmp`)).toBe(false);
  expect(
    (await operator.call('apply', '--direct', '--confirm', '0', '--report', operator.file('report.txt'))).code
  ).toBe(2);
});

test('where everybody is locked already, a report of an earlier call is made whole', async () => {
  await operator.call('apply', '--direct', '--confirm', '6');
  const path = operator.file(
    'report.json',
    JSON.stringify([{ userId: userIds[0], name: '', outcome: 'locked', detail: '' }])
  );

  const { code } = await operator.call('apply', '--direct', '--confirm', '0', '--report', path);

  const rows = JSON.parse(readFileSync(path, 'utf8')) as { userId: string; outcome: string }[];
  expect({ code, ids: rows.map(({ userId }) => userId).sort() }).toEqual({ code: 0, ids: [...userIds].sort() });
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['already_locked']));
});
