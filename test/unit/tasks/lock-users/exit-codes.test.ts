import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockUsersError } from '../../../../cloudcode/lock_users/src/errors';
import type { ErrorCode } from '../../../../cloudcode/lock_users/src/error-catalogue';
import { SettingsError, UsageError } from '../../../../tasks/shared/command-errors';
import { EXIT_CODES, exitCodeOfError, exitCodeOfRun, RefusedError } from '../../../../tasks/lock-users/exit-codes';

test.each([
  ['done', undefined, 0, 0],
  ['done', 'ALREADY_UNDONE', 0, 0],
  ['planned', undefined, 0, 0],
  ['planned', 'NOT_ARMED', 0, 0],
  ['partial', undefined, 0, 1],
  ['failed', 'BACKEND_UNAVAILABLE', 0, 1],
  ['refused', 'INVALID_PARAMETERS', 0, 2],
  ['refused', 'WEBHOOK_OFF', 0, 2],
  ['failed', 'WRONG_ADDRESS', 0, 2],
  ['refused', 'TOO_MANY_USERS', 0, 3],
  ['refused', 'RUN_UNDER_WAY', 0, 3],
  ['partial', 'CANARY_FAILED', 2, 3],
  ['partial', 'SESSIONS_RESET', 2, 3],
  ['refused', 'A_CODE_OF_TOMORROW', 0, 3],
  ['partial', 'BACKEND_UNAUTHORIZED', 3, 4],
  ['partial', undefined, 2, 5],
  ['failed', undefined, 2, 5],
  ['partial', 'TIME_BUDGET', 2, 6],
  ['partial', 'STOPPED', 0, 6],
  ['stalled', 'STALLED', 0, 6],
  ['interrupted', undefined, 0, 6],
  ['partial', 'INVARIANT', 0, 70]
])('a run that ended %s (%s, %i unconfirmed) has the exit code %i', (status, stopCode, unconfirmed, code) => {
  expect(exitCodeOfRun({ status, stopCode, unconfirmed })).toBe(code);
});

const lockUsersError = (code: ErrorCode): Error => new LockUsersError({ code, message: 'm', nextStep: 'n' });

test.each([
  [new UsageError('wrong'), 2],
  [new SettingsError('wrong'), 2],
  [new RefusedError('no'), 3],
  [lockUsersError('BACKEND_UNAUTHORIZED'), 4],
  [lockUsersError('INVALID_SETTINGS'), 2],
  [lockUsersError('BACKEND_UNREACHABLE'), 1],
  [lockUsersError('INVARIANT'), 70],
  [new TypeError('a bug'), 70],
  ['a bug', 70]
])('%s ends the program with %i', (error, code) => {
  expect(exitCodeOfError(error)).toBe(code);
});

test('the documentation has the table of exit codes', () => {
  const text = readFileSync(join(__dirname, '..', '..', '..', '..', 'docs', 'command-line.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => ({
    code: Number(code),
    meaning
  }));
  expect(rows).toEqual(Object.values(EXIT_CODES));
});
