import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const STATUS = { action: 'status' };

let platform: FakePlatform;
let log: RecordingLog;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  log = new RecordingLog();
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
});

const ask = (params: object = {}, settings = {}): Promise<Report> =>
  runOnFake(platform, { ...STATUS, ...params }, settings, log);

/** A device of the user that was signed out, and when it was last seen. */
function signOut(n: number, lastConnectedAtMs: number): void {
  platform.changeSession(userId(n), 's', { state: 'LOCKED', signedOutAtMs: 500_000, lastConnectedAtMs });
}

test('a status says who is out, changes nobody, and needs neither a record nor an armed deployment', async () => {
  for (const n of [0, 1, 2]) platform.locked.add(userId(n));
  signOut(0, 600_000);
  signOut(1, 400_000);
  platform.changeSession(userId(3), 's', { state: 'ENROLLED' });

  const report = await ask({}, { armed: false, maxUsers: 1, protectedIds: [userId(0)] });

  expect(report).toMatchObject({
    action: 'status',
    status: 'done',
    counts: { selected: 6, planned: 0 },
    whoIsOut: {
      signedOut: 2,
      notSeenSince: 1,
      unlocked: 3,
      unknown: 0,
      inApp: 1,
      users: [
        { userId: userId(1), state: 'notSeenSince', lastConnectedAt: '1970-01-01T00:06:40Z' },
        { userId: userId(3), state: 'unlocked', inApp: true, lastConnectedAt: null },
        { userId: userId(4), state: 'unlocked', inApp: false },
        { userId: userId(5), state: 'unlocked', inApp: false },
        { userId: userId(0), state: 'signedOut', lastConnectedAt: '1970-01-01T00:10:00Z' },
        { userId: userId(2), state: 'signedOut' }
      ]
    }
  });
  expect(report).not.toHaveProperty('stopReason');
  expect(platform.records?.runs.size).toBe(0);
  expect(platform.records?.saves).toEqual([]);
  expect([platform.batches, platform.singles]).toEqual([[], []]);
  expect(log.lines).toContain(
    `locked and not seen since, may still work offline: ${userId(1)}, last seen 1970-01-01T00:06:40Z`
  );
  expect(log.lines).toContain(
    'Who is out: 2 locked and signed out; 1 locked and not seen since, may still work offline; 3 unlocked; 0 not known; 1 of the unlocked are in the app.'
  );
});

test('on an armed deployment it is a dry run, too, and where its time is up it orders nothing', async () => {
  expect(await ask()).toMatchObject({ status: 'done', dryRun: true });
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = (_limit, skip) => {
    platform.clock.now += 300_000;
    return read(1, skip);
  };

  const report = await ask();

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'TIME_BUDGET', usersChanged: 'no' } });
  expect(report).not.toHaveProperty('whoIsOut');
  expect(platform.scheduled).toEqual([]);
});

test('it takes a request for a thousand users, and names a hundred of them', async () => {
  platform = new FakePlatform(userIds(3500));

  const report = await ask();

  expect(report.requests).toMatchObject({ total: 5, info: 1, users: 4 });
  expect(report.whoIsOut).toMatchObject({ unlocked: 3500, usersOmitted: 3400 });
  expect(report.whoIsOut?.users).toHaveLength(100);
  expect(JSON.parse(log.lines.at(-1) ?? '')).toMatchObject({ whoIsOut: { unlocked: 3500, usersOmitted: 3480 } });
});

test('"where" and "userIds" select as they do in other runs; who does not exist is not known', async () => {
  platform.matches.set('role = ?', [userId(1), userId(2)]);
  platform.locked.add(userId(1));

  expect((await ask({ where: ['role = ?', 'driver'] })).whoIsOut).toMatchObject({ signedOut: 1, unlocked: 1 });
  expect((await ask({ userIds: [userId(1), userId(99)] })).whoIsOut).toMatchObject({
    signedOut: 1,
    unknown: 1,
    users: [{ userId: userId(99), state: 'unknown' }, { userId: userId(1) }]
  });
  expect(await ask({ userIds: [userId(98), userId(99)] })).toMatchObject({
    status: 'refused',
    stopReason: { code: 'NOBODY_SELECTED', usersChanged: 'no' }
  });
});

test('where not everybody can be read, nothing is said of who is out', async () => {
  platform.readUserStates = () => Promise.reject(backendError('BACKEND_REJECTED', 'No.', { status: 418 }));

  const report = await ask();

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'BACKEND_REJECTED', usersChanged: 'no' } });
  expect(report).not.toHaveProperty('whoIsOut');
});

test.each([
  ['by its id', 'run-1'],
  ['as the last one', 'last']
])('of a run, %s, it says who of those whom it locked is in again', async (_name, run) => {
  platform.locked.add(userId(0));
  await runOnFake(platform, { excludeUserIds: [userId(5)], batchSize: 2 });
  platform.clock.now += 60_000;
  // A later one that locks nobody, and one that only plans.
  await runOnFake(platform, { userIds: [userId(0)] });
  await runOnFake(platform, { dryRun: true });
  platform.locked.delete(userId(1));
  platform.locked.delete(userId(2));
  platform.changeSession(userId(2), 's', { state: 'ENROLLED' });

  const report = await ask({ run });

  expect(report.whoIsOut).toMatchObject({
    run: 'run-1',
    signedOut: 2,
    unlocked: 2,
    inApp: 1,
    users: [{ userId: userId(1) }, { userId: userId(2), inApp: true }, { userId: userId(3) }, { userId: userId(4) }]
  });
  expect(log.lines.join('\n')).toContain('Who is out: Of those whom run run-1 locked:');
});

test('"last" is the lock run that began last, of a week, also after its undo', async () => {
  expect(await ask({ run: 'last' })).toMatchObject({ status: 'refused', stopReason: { code: 'NO_RECORD' } });
  const first = await runOnFake(platform, { userIds: [userId(0), userId(1)] });
  platform.clock.now += 3_600_000;
  const second = await runOnFake(platform, { userIds: [userId(3)] });
  await runOnFake(platform, { undo: second.runId });
  platform.clock.now += 3_600_000;

  expect((await ask({ run: 'last' })).whoIsOut).toMatchObject({ run: second.runId, unlocked: 1 });
  expect((await ask({ run: first.runId })).whoIsOut).toMatchObject({ run: first.runId, signedOut: 2 });
  platform.clock.now += 8 * 86_400_000;
  expect(await ask({ run: 'last' })).toMatchObject({ status: 'refused', stopReason: { code: 'NO_RECORD' } });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['that is not there', () => Promise.resolve(), 'run-77'],
  ['that only planned', () => runOnFake(platform, { dryRun: true }), 'run-1'],
  ['that let people in', () => runOnFake(platform, { action: 'unlock' }), 'run-1'],
  ['where the app keeps no records', () => Promise.resolve((platform.records = undefined)), 'run-1']
])('of a run %s nothing can be said', async (_case, prepare, run) => {
  platform.locked.add(userId(0));
  await prepare();

  expect(await ask({ run })).toMatchObject({
    status: 'refused',
    stopReason: {
      code: 'NO_RECORD',
      message: expect.stringContaining(run),
      nextStep: expect.stringContaining('eave "run" out to look at everybody')
    }
  });
});

test('an object of lock_run that asks for the status is refused, and says why', async () => {
  const run = platform.records?.add({ status: 'requested', parameters: JSON.stringify(STATUS) });

  await expect(handleWebhook({ ...SETTINGS, webhook: true }, run?.id ?? '', platform.ports(log))).rejects.toThrow(
    'An object requests runs that change users.'
  );
  expect(platform.records?.runs.get(run?.id ?? '')).toMatchObject({ status: 'refused' });
  expect(platform.scheduled).toEqual([]);
});

test.each<[object, string]>([
  [{ ...STATUS, dryRun: true }, '"status" changes nobody. Leave "dryRun" out.'],
  [{ ...STATUS, verify: false, maxUsers: 3 }, '"status" changes nobody. Leave "maxUsers", "verify" out.'],
  [{ run: 'last' }, '"run" goes with "status".'],
  [{ ...STATUS, run: 'last', userIds: [userId(1)] }, 'Leave "where" and "userIds" out.'],
  [{ ...STATUS, run: 'a b' }, '"run" must be the id of a run, or "last"'],
  [{ ...STATUS, undo: 'run-1' }, '"undo" unlocks users.']
])('%j is refused', async (params, message) => {
  await expect(async () => runOnFake(platform, params)).rejects.toThrow(message);
});
