import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  records = new MemoryRecordStore();
  platform.records = records;
});

/** The data model lacks a field of the run: what is saved in it is lost. */
function lack(name: string, values: Partial<RunRecord>): void {
  records.missingFields = [{ name: `lock_run.${name}`, isNeeded: false }];
  const save = records.save.bind(records);
  records.save = (list) => save(list.map((record) => ('runRecordId' in record ? record : { ...record, ...values })));
}

/** One user of each batch cannot be locked, so that runs end partial. */
function failOne(): void {
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    lock(operations.filter(({ user_id: id }) => id !== userId(1)));
    const failure = { success: false, error: { type: 'X', detail: 'x' } };
    return { operations: operations.map(({ user_id: id }) => (id === userId(1) ? failure : { success: true })) };
  };
}

const goOn = (): ReturnType<typeof runOnFake> => runOnFake(platform, platform.scheduled.shift()?.parameters);

test('without the field "invocation" a run that ended partial is not carried out again when its order comes again', async () => {
  lack('invocation', { invocation: null });
  failOne();
  const first = await runOnFake(platform, { runId: 'web' });
  platform.locked.clear();

  const again = await runOnFake(platform, { runId: 'web' });

  expect(first.status).toBe('partial');
  expect(again).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(platform.locked.size).toBe(0);
});

test('nor when its webhook was delivered twice before it began', async () => {
  lack('invocation', { invocation: null });
  failOne();
  const run = records.add({ status: 'requested' });
  for (let delivery = 0; delivery < 2; delivery++)
    await handleWebhook({ ...SETTINGS, webhook: true }, run.id, platform.ports());
  await goOn();
  platform.locked.clear();

  expect(await goOn()).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(platform.locked.size).toBe(0);
});

test('without the field "undone_by" a run whose next invocation may still come cannot be undone, and the error names it', async () => {
  lack('undone_by', { undoneBy: null });
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 275_000;
    return lock(operations);
  };
  expect(await runOnFake(platform, { runId: 'evening', batchSize: 2, concurrency: 1 })).toMatchObject({
    status: 'continues'
  });
  platform.clock.now += 3_600_000;

  const undo = await runOnFake(platform, { undo: 'evening', runId: 'morning' });

  expect(undo).toMatchObject({
    status: 'failed',
    stopReason: { code: 'RECORD_FAILED', message: expect.stringContaining('lock_run.undone_by') }
  });
  expect(platform.singles).toEqual([]);
});

test('without it a run that is done can be undone', async () => {
  lack('undone_by', { undoneBy: null });
  await runOnFake(platform, { runId: 'evening' });

  expect(await runOnFake(platform, { undo: 'evening', runId: 'morning' })).toMatchObject({ status: 'done' });
});
