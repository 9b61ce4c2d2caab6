import type { BatchRecord, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const DAY_MS = 86_400_000;
const KEEP = { keepDays: 90 };

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(40));
  records = new MemoryRecordStore();
  platform.records = records;
  platform.clock.now = 1000 * DAY_MS;
});

const run = async (runId: string, params: object = {}, settings: object = {}): ReturnType<typeof runOnFake> => {
  platform.newRunId = () => runId;
  return runOnFake(platform, params, settings);
};
const passDays = (days: number): void => void (platform.clock.now += days * DAY_MS);
const find = (runId: string): RunRecord | undefined => [...records.runs.values()].find((one) => one.runId === runId);
const batchesOf = (runId: string): BatchRecord[] => [...records.batches.values()].filter((one) => one.runId === runId);

/** A lock in the evening and its undo in the morning. */
async function lockAndUndo(undo: object = {}): Promise<void> {
  await run('evening', { batchSize: 1 });
  await run('morning', { undo: 'evening', ...undo });
}

test('a run deletes the batches of a lock that was undone, and of its undo, when they are old enough', async () => {
  await lockAndUndo();
  passDays(89);
  await run('early', {}, KEEP);
  expect(batchesOf('evening')).toHaveLength(40);
  passDays(2);

  const log = new RecordingLog();
  platform.newRunId = () => 'later';
  const report = await runOnFake(platform, {}, KEEP, log);

  expect(report).toMatchObject({ status: 'done' });
  expect(batchesOf('evening')).toEqual([]);
  expect(batchesOf('morning')).toEqual([]);
  expect(batchesOf('early').length).toBeGreaterThan(0);
  expect(log.lines.at(-1)).toBe('Deleted 41 batches older than 90 days.');
  for (const id of ['evening', 'morning']) {
    expect(find(id)).toMatchObject({ status: 'done', batchesDeletedAtMs: platform.clock.now });
  }
});

test('an undo of such a run says what has become of it, and does not call it nobody', async () => {
  await lockAndUndo();
  passDays(91);
  await run('later', { action: 'reauthenticate' }, KEEP);

  expect(await run('again', { undo: 'evening' })).toMatchObject({
    status: 'refused',
    stopReason: {
      code: 'NO_RECORD',
      message: expect.stringContaining('were deleted because they are old (LOCK_USERS_KEEP_DAYS), after run morning')
    }
  });
});

test('a lock that was not undone keeps its batches for ever, and can be undone', async () => {
  await run('evening', { canary: 0 });
  passDays(1000);
  await run('later', {}, KEEP);

  expect(batchesOf('evening')).toHaveLength(1);
  expect(await run('undo', { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 40 } });
});

test.each<[string, () => Promise<unknown>]>([
  ['left somebody out', () => lockAndUndo({ excludeUserIds: userIds(1) })],
  [
    'failed of somebody',
    async () => {
      const unlock = platform.answerUnlock;
      platform.answerUnlock = (id) => {
        if (id === userIds(1)[0]) throw backendError('BACKEND_REJECTED', 'No.', { status: 400 });
        return unlock(id);
      };
      await lockAndUndo();
      platform.answerUnlock = unlock;
    }
  ]
])('nor does one lose them whose undo %s', async (_name, prepare) => {
  await prepare();
  passDays(91);
  await run('later', { action: 'reauthenticate' }, KEEP);

  expect(batchesOf('evening')).toHaveLength(40);
  expect(await run('again', { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 1 } });
});

test('a run that has not ended keeps them', async () => {
  await run('out', { action: 'unlock' });
  const old = records.add({
    runId: 'dead',
    status: 'interrupted',
    action: 'unlock',
    startedAtMs: 1,
    finishedAtMs: 2
  });
  const batch = records.newBatch(old.id);
  await records.save([{ ...batch, runId: 'dead', sentAtMs: 1, userIds: '[]' }]);

  await run('later', {}, KEEP);

  expect(batchesOf('dead')).toHaveLength(1);
  expect(find('dead')?.batchesDeletedAtMs).toBeNull();
});

test.each<[string, object, object]>([
  ['a dry run', { dryRun: true }, KEEP],
  ['0 days', {}, { keepDays: 0 }]
])('%s deletes nothing', async (_name, params, settings) => {
  await lockAndUndo();
  passDays(91);
  await run('later', params, settings);

  expect(batchesOf('evening')).toHaveLength(40);
});

test('in models without the field nothing is deleted', async () => {
  await lockAndUndo();
  passDays(91);
  records.missingFields = [{ name: 'lock_run.batches_deleted_at', isNeeded: false }];
  await run('later', {}, KEEP);

  expect(batchesOf('evening')).toHaveLength(40);
});

test('where there is nothing to delete it costs one request', async () => {
  const asked: number[] = [];
  records.findWithBatches = (beforeMs) => (asked.push(beforeMs), Promise.resolve([]));
  records.deleteBatches = () => Promise.reject(new Error('asked'));
  const { readBatches } = records;
  records.readBatches = (...wanted) => (asked.push(0), readBatches.apply(records, wanted));

  expect(await run('later', {}, KEEP)).toMatchObject({ status: 'done' });
  expect(asked).toEqual([platform.clock.now - 90 * DAY_MS]);
});

test('what cannot be deleted changes nothing about the result, the log says so, and the next run tries again', async () => {
  await lockAndUndo();
  passDays(91);
  const { deleteBatches } = records;
  records.deleteBatches = () => Promise.reject(backendError('BACKEND_REJECTED', 'No.', { status: 403 }));
  const log = new RecordingLog();
  platform.newRunId = () => 'later';

  const report = await runOnFake(platform, {}, KEEP, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 40 } });
  expect(report.warnings).toBeUndefined();
  expect(find('later')).toMatchObject({ status: 'done', leaseHolder: null });
  expect(log.lines.at(-1)).toBe('Old batches could not be deleted; the next run tries again. No.');
  records.deleteBatches = deleteBatches;
  await run('next', { action: 'reauthenticate' }, KEEP);
  expect(batchesOf('evening')).toEqual([]);
});

test('an invocation that has no time left deletes nothing', async () => {
  await lockAndUndo();
  passDays(91);
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    const answer = lock(operations);
    platform.clock.now += 271_000;
    return answer;
  };

  const report = await run('later', { verify: false, canary: 0 }, KEEP);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 40 } });
  expect(batchesOf('evening')).toHaveLength(40);
});

test('many batches go a few at a time, and a list that still shows what is deleted ends it', async () => {
  await lockAndUndo();
  passDays(91);
  const { readBatches } = records;
  const all = [...records.batches.values()];
  let pages = 0;
  records.readBatches = (wanted, limit, skip) => {
    if (++pages > 1)
      return Promise.resolve(all.filter(({ runRecordId }) => runRecordId === wanted.runRecordId).slice(0, 20));
    return readBatches.call(records, wanted, limit, skip);
  };

  expect(await run('later', { action: 'reauthenticate' }, KEEP)).toMatchObject({ status: 'done' });

  expect(batchesOf('evening')).toHaveLength(20);
  expect(find('evening')?.batchesDeletedAtMs).toBeNull();
});
