import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { cutAfter } from '../../support/cut-after';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const SMALL = { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 };

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(60));
  records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `id-${++runs}`;
});

/** The first time that a run is looked for by its id, or an object, none is shown. */
function hideOnce(): void {
  const find = records.findRuns.bind(records);
  let isHidden = true;
  records.findRuns = (query) => {
    if (!isHidden || 'statuses' in query) return find(query);
    isHidden = false;
    return Promise.resolve([]);
  };
}

test('a later invocation whose record is not shown once makes no other, and all of the run is undone', async () => {
  cutAfter(platform, 10);
  await runOnFake(platform, SMALL);
  hideOnce();
  const last: Report = await runOnFake(platform, platform.scheduled.shift()?.parameters);

  expect(last).toMatchObject({ status: 'done', earlier: { locked: 20 } });
  expect(records.runs.size).toBe(1);
  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 60 } });
});

test.each([false, true])('all of a run that has two records is undone, the newer one first: %s', async (isReversed) => {
  cutAfter(platform, 10);
  await runOnFake(platform, SMALL);
  const find = records.findRuns.bind(records);
  records.findRuns = async (query) => ('runId' in query ? [] : find(query));
  for (let next = platform.scheduled.shift(); next !== undefined; next = platform.scheduled.shift()) {
    platform.clock.now += 3_600_000;
    await runOnFake(platform, next.parameters);
  }
  records.findRuns = async (query) => (isReversed ? [...(await find(query))].reverse() : find(query));

  expect(records.runs.size).toBe(2);
  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 60 } });
  expect(platform.locked.size).toBe(0);
});

test('an undo looks once more for a run that is not shown', async () => {
  await runOnFake(platform, SMALL);
  hideOnce();

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 60 } });
});

test('a webhook looks once more for an object that is not shown', async () => {
  const run = records.add({ status: 'requested' });
  hideOnce();

  expect(await handleWebhook({ ...SETTINGS, webhook: true }, run.id, platform.ports())).toMatchObject({
    status: 'queued'
  });
});

test('an undo that is shown fewer users than the run locked changes nobody, and says how many there are', async () => {
  await runOnFake(platform, SMALL);
  const read = records.readBatches.bind(records);
  records.readBatches = (wanted, limit, skip) => (skip >= 20 ? Promise.resolve([]) : read(wanted, limit, skip));

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'failed', stopReason: { code: 'RECORD_FAILED', usersChanged: 'no' } });
  expect(undo.stopReason?.message).toContain('locked 60 users by its record');
  expect(undo.stopReason?.message).toContain('name 40');
});

test.each([
  ['userIds', [null, 5, {}, userId(1)]],
  ['notDone', [null]],
  ['notDone', [{ userId: 5, outcome: 'failed' }]],
  ['notDone', [{ userId: userId(1) }]]
])('an undo does not believe a batch whose %s were changed to %j', async (field, list) => {
  await runOnFake(platform, { runId: 'evening' });
  for (const batch of records.batches.values()) Object.assign(batch, { [field]: JSON.stringify(list) });

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'failed', stopReason: { code: 'RECORD_FAILED' } });
  expect(undo.stopReason?.message).toContain('was changed');
});

test('a killed run whose record cannot say that it was interrupted keeps nobody out, and the log says so', async () => {
  records.add({ status: 'running', runId: 'killed', startedAtMs: 1, leaseHolder: 'x', leaseExpiresAtMs: 2 });
  records.onSave = (list) => {
    if (list.every((record) => !('status' in record) || record.status !== 'interrupted')) return;
    throw new LockUsersError({ code: 'RECORD_FAILED', message: 'No such option.', nextStep: 'n', status: 422 });
  };
  const log = new RecordingLog();

  expect(await runOnFake(platform, {}, {}, log)).toMatchObject({ status: 'done', counts: { locked: 60 } });
  expect(log.lines.filter((line) => line.includes('run killed does not say that it was interrupted'))).toHaveLength(1);
});
