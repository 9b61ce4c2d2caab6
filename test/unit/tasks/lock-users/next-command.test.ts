import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNext } from '../../../../tasks/lock-users/next-command';
import { repeatOptions } from '../../../../tasks/lock-users/repeat-options';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'next-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
}

test('a command that is called again has every option that it was given, but none of one call alone', () => {
  const users = file('users.csv');
  const given = {
    deployment: 'depot',
    tokenStdin: true,
    users,
    by: 'email',
    where: '["role = ?", "driver"]',
    onlyEnrolled: true,
    maxUsers: '9',
    window: '21:00-23:30 Europe/Berlin',
    direct: true,
    reason: "Ada's",
    report: 'r.csv',
    confirm: '9',
    app: 'Depot',
    dryRun: true,
    json: true,
    quiet: true,
    input: false
  };
  expect(formatNext({ command: 'apply', options: repeatOptions(given) }, given)).toBe(
    `lock-users apply --users ${users} --by email --where '["role = ?", "driver"]' --only-enrolled --max-users 9 --window '21:00-23:30 Europe/Berlin' --direct --reason 'Ada'\\''s' --report r.csv --deployment depot --token-stdin`
  );
});

test('another command has the options of the deployment, and of the others those that it takes', () => {
  const given = { backendUrl: 'https://x/api/v4/0', tokenVariable: 'T', environment: 'testing', direct: true };
  expect(formatNext({ command: 'status', operands: ['a b'], options: given }, given)).toBe(
    "lock-users status 'a b' --backend-url https://x/api/v4/0 --token-variable T --environment testing"
  );
  expect(formatNext({ command: 'doctor' }, given)).not.toContain('--direct');
});

test('what begins with a dash is no option', () => {
  expect(formatNext({ command: 'undo', operands: ['--force'] }, { deployment: 'x' })).toBe(
    'lock-users undo --deployment x -- --force'
  );
});

test.each([
  ['a list from standard input', { users: '/dev/stdin' }],
  ['a list of whom to leave out from a pipe', { exclude: '/dev/fd/63' }],
  ['a list that is gone', { users: '/nowhere/users.txt' }],
  ['a text that cannot be shown', { reason: 'x\u001b[2J' }]
])('a command that would need %s is not named', (_case, options) => {
  expect(formatNext({ command: 'unlock', options }, {})).toBeUndefined();
});

test('a plan from standard input is not named either, nor a run with codes of a terminal', () => {
  expect(formatNext({ command: 'apply', operands: ['/dev/stdin'] }, {})).toBeUndefined();
  expect(formatNext({ command: 'status', operands: ['r\u001b[2Jx'] }, {})).toBeUndefined();
  expect(formatNext({ command: 'apply', operands: [file('plan.json')] }, {})).toContain('plan.json');
});
