import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callBackend } from '../support/call-backend';
import { LocalPlatform } from '../support/LocalPlatform';
import { OperatorBench } from '../support/OperatorBench';

let local: LocalPlatform;
let operator: OperatorBench;
let path: string;
afterEach(async () => {
  await local.platform.runtime.idle();
  await local.platform.close();
  operator.remove();
});

/** @param here variables of .journeyrc; ONE stands for the id of a user */
async function start(there: Record<string, string>, here: Record<string, string>): Promise<readonly string[]> {
  local = await LocalPlatform.start(there);
  operator = new OperatorBench(local.platform.backend);
  const { userIds } = local.platform.backend.seed({ users: 3 });
  operator.configure({ variables: JSON.parse(JSON.stringify(here).replace('ONE', userIds[0] ?? '')) as object });
  path = join(operator.root, 'plan.json');
  return userIds;
}

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  [
    'OXIDE protects somebody whom .journeyrc does not',
    { LOCK_USERS_PROTECTED_WHERE: '["name != ?", "x"]' },
    {},
    'what the deployed task plans (protected 3, planned 0), because the users that can be listed here are others (protected 0, planned 3)'
  ],
  ['.journeyrc protects somebody whom OXIDE does not', {}, { LOCK_USERS_PROTECTED: 'ONE' }, 'protected 1, planned 2'],
  [
    'a rule of .journeyrc matches nobody',
    {},
    { LOCK_USERS_PROTECTED_WHERE: '["name = ?", "nobody"]' },
    'they cannot be listed with the "variables" of .journeyrc: '
  ]
])('where %s, no plan is kept, and it is said why', async (_case, there, here, message) => {
  await start(there, here);
  const { code, stderr } = await operator.call('plan', '--out', path);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) as string });
  expect(existsSync(path)).toBe(false);
  expect((await operator.call('plan')).code).toBe(0);
});

test('a report whose users cannot be listed is refused before anybody is changed', async () => {
  await start({}, { LOCK_USERS_PROTECTED_WHERE: '["name = ?", "nobody"]' });
  const report = join(operator.root, 'r.csv');
  const { code, stderr } = await operator.call('apply', '--confirm', '3', '--report', report);
  expect({ code, says: stderr.includes(`--report ${report} was not written`) }).toEqual({ code: 2, says: true });
  expect(local.platform.backend.state().lockedUsers).toBe(0);
});

test('where nobody is left no lock is the next command, and the plan of nobody locks nobody', async () => {
  const userIds = await start({}, { LOCK_USERS_PROTECTED: 'none' });
  for (const id of userIds) await callBackend(local.platform.backend, 'POST', `users/${id}/lock`, { wipe: false });

  const plan = await operator.call('plan', '--direct', '--out', path);
  expect(plan).toMatchObject({ code: 0, json: { count: 0, next: 'lock-users status' } });
  local.platform.backend.seed({ users: 2 });
  const applied = await operator.call('apply', path, '--direct', '--confirm', '0');
  expect(applied).toMatchObject({ code: 0, json: { counts: { planned: 0 }, next: 'lock-users status' } });
  expect(local.platform.backend.state().lockedUsers).toBe(3);
});
