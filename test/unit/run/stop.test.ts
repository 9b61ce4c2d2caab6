import { ERROR_CATALOGUE } from '../../../cloudcode/lock_users/src/error-catalogue';
import type { FakePlatform } from '../../support/fake-ports';
import { RecordingLog } from '../../support/fake-ports';
import type { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { SMALL, StopFixture } from '../../support/StopFixture';
import { userId } from '../../support/user-id';

let fixture: StopFixture;
let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  fixture = new StopFixture();
  ({ platform, records } = fixture);
});

test('a run that is asked to stop sends nothing 10 s later, says so, and every sum holds', async () => {
  fixture.stopDuring(3, 1000);

  const report = await runOnFake(platform, SMALL);

  // A batch takes a second, and the record is read every five.
  expect(platform.batches.length).toBeGreaterThanOrEqual(3);
  expect(platform.batches.length).toBeLessThanOrEqual(8);
  const locked = platform.batches.length * 2;
  expect(report).toMatchObject({
    status: 'stopped',
    verified: false,
    counts: { selected: 40, planned: 40, locked, notAttempted: 40 - locked, failed: 0, unconfirmed: 0 },
    stopReason: { code: 'STOP_REQUESTED', usersChanged: 'yes', nextStep: ERROR_CATALOGUE.STOP_REQUESTED.remedy }
  });
  expect(fixture.recorded).toMatchObject({ status: 'stopped', locked, leaseHolder: null, leaseExpiresAtMs: null });
  expect(fixture.recorded?.finishedAtMs).not.toBeNull();
  expect(platform.scheduled).toEqual([]);
});

test('its undo lets back in exactly those whom it has locked', async () => {
  platform.locked.add(userId(39));
  fixture.stopDuring(2, 6000);
  await runOnFake(platform, SMALL);
  const byRun = new Set(platform.locked);
  byRun.delete(userId(39));
  expect(byRun.size).toBeGreaterThan(0);
  expect(byRun.size).toBeLessThan(39);
  platform.newRunId = () => 'run-2';

  const report = await runOnFake(platform, { undo: 'run-1' });

  expect(report).toMatchObject({ status: 'done', counts: { selected: byRun.size, unlocked: byRun.size } });
  expect([...platform.locked]).toEqual([userId(39)]);
});

test.each(['unlock', 'reauthenticate'])('%s stops as well', async (action) => {
  for (const id of platform.ids) {
    platform.changeSession(id, `s-${id}`, { authenticatedAtMs: 500 });
    if (action === 'unlock') platform.locked.add(id);
  }
  const slowly = (): void => {
    platform.clock.now += 3000;
    if (platform.singles.length === 4) fixture.stop();
  };
  const { answerUnlock, answerReauthenticate } = platform;
  platform.answerUnlock = (id) => (slowly(), answerUnlock(id));
  platform.answerReauthenticate = (id, session) => (slowly(), answerReauthenticate(id, session));

  const report = await runOnFake(platform, { action, concurrency: 1 });

  expect(platform.singles.length).toBeGreaterThanOrEqual(4);
  expect(platform.singles.length).toBeLessThanOrEqual(7);
  expect(report).toMatchObject({
    status: 'stopped',
    counts: { planned: 40, notAttempted: 40 - platform.singles.length }
  });
});

test('a run that only reads stops too, and sends nobody', async () => {
  platform.pageSize = 4;
  let pages = 0;
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = (limit, skip) => {
    platform.clock.now += 2000;
    if (++pages === 3) fixture.stop();
    return read(limit, skip);
  };

  const report = await runOnFake(platform, { maxUsers: 100 });

  expect(pages).toBeLessThanOrEqual(6);
  expect(platform.batches).toEqual([]);
  expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOP_REQUESTED', usersChanged: 'no' } });
});

test('a request to stop another run stops nobody else', async () => {
  records.add({ runId: 'another', status: 'continues', stopRequested: true, startedAtMs: 1 });

  expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test('in models without the field nobody can ask for it, one warning says so, and nothing is read for it', async () => {
  records.missingFields = [{ name: 'lock_run.stop_requested', isNeeded: false }];
  fixture.stopDuring(1, 6000);

  const report = await runOnFake(platform, SMALL);

  expect(report).toMatchObject({ status: 'done', warnings: [{ code: 'OLD_RECORD_MODELS' }] });
  expect(report.warnings?.[0]?.message).toContain('lock_run.stop_requested');
});

test('a run of a few seconds costs no request for it', async () => {
  const before = records.findRuns.bind(records);
  let reads = 0;
  records.findRuns = (query) => {
    // Not the look for earlier runs that should have been undone by now.
    if (!('unlockAtFromMs' in query)) reads++;
    return before(query);
  };

  await runOnFake(platform);

  expect(reads).toBe(1);
});

test('without a record the log says in its first lines that it cannot be stopped, and what to do instead', async () => {
  platform.records = undefined;
  const log = new RecordingLog();

  await runOnFake(platform, {}, {}, log);

  expect(log.lines.slice(0, 5)).toEqual(
    expect.arrayContaining([
      'No record: this run cannot be undone or stopped.',
      'To stop it all the same, disarm the deployment and deploy: no further invocation begins.'
    ])
  );
});
