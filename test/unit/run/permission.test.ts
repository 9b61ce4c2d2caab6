import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

test.each<[string, boolean, object, Partial<Report>, string | undefined]>([
  ['unarmed', false, {}, { status: 'planned', dryRun: true }, 'NOT_ARMED'],
  ['unarmed', false, { dryRun: true }, { status: 'planned', dryRun: true }, 'NOT_ARMED'],
  ['unarmed', false, { dryRun: false }, { status: 'refused', dryRun: false }, 'NOT_ARMED'],
  ['armed', true, { dryRun: true }, { status: 'planned', dryRun: true }, undefined],
  ['armed', true, { maxUsers: 1 }, { status: 'refused', dryRun: false }, 'TOO_MANY_USERS'],
  ['armed', true, { maxUsers: 1, dryRun: true }, { status: 'refused', dryRun: true }, 'TOO_MANY_USERS']
])('an %s (%j) deployment with %j sends nothing: %j', async (_name, armed, params, expected, code) => {
  const platform = new FakePlatform(userIds(2));

  const report = await runOnFake(platform, params, { armed });

  expect(platform.batches).toEqual([]);
  expect(report).toMatchObject({ ...expected, counts: { locked: 0 } });
  expect(report.stopReason?.code).toBe(code);
});

test('an unarmed deployment says how to arm it', async () => {
  const report = await runOnFake(new FakePlatform(userIds(2)), {}, { armed: false });

  expect(report.counts).toMatchObject({ planned: 2, notAttempted: 2 });
  expect(report.stopReason?.message).toMatch(/No user was changed\. .*LOCK_USERS_ARMED to true .*save, and deploy/);
});

test('dryRun: false on an unarmed deployment is refused before any request', async () => {
  const report = await runOnFake(new FakePlatform(userIds(2)), { dryRun: false }, { armed: false });

  expect(report.requests.total).toBe(0);
});

test('a plan of exactly maxUsers is sent', async () => {
  const report = await runOnFake(new FakePlatform(userIds(2)), { maxUsers: 2 }, { maxUsers: 2 });

  expect(report.status).toBe('done');
});

test('a maxUsers above the deployment’s limit is thrown before any request', async () => {
  await expect(runOnFake(new FakePlatform([]), { maxUsers: 3 }, { maxUsers: 2 })).rejects.toThrow('INVALID_PARAMETERS');
});
