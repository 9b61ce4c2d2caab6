import { recordFailed } from '../../../cloudcode/lock_users/src/platform/record-failed';
import type { BatchRecord, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
/** What the request that got no answer was to save. It is carried out with the save after the outcome's. */
let given: BatchRecord | undefined;
let failure: Parameters<typeof recordFailed>[2];

beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
  given = undefined;
  records.onSave = (saved) => {
    const batches = saved.filter((record): record is BatchRecord => 'runRecordId' in record);
    if (given === undefined && batches.length > 0) {
      given = batches[0];
      throw recordFailed('written', 'no answer', failure);
    }
    const [first] = records.batches.values();
    if (given !== undefined && first?.state === 'answered' && batches.some(({ id }) => id !== first.id)) {
      records.batches.set(given.id, given);
    }
  };
});

test.each([
  ['no answer in time', { network: 'timeout' as const }],
  ['a gateway that gave up', { status: 504 }]
])(
  'after %s, a batch whose announcement is written late over its outcome has its outcome at the end, and an undo knows whom it could not lock',
  async (_name, fault) => {
    failure = fault;
    const refused = userId(1);
    platform.answerBatch = (operations) => ({
      operations: operations.map(({ user_id: id }) => {
        if (id === refused) return { success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } };
        platform.locked.add(id);
        return { success: true };
      })
    });
    const report = await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
    expect(report).toMatchObject({ status: 'partial', counts: { locked: 5, failed: 1 } });

    const [late] = records.batches.values();
    expect(late).toMatchObject({
      id: given?.id,
      state: 'answered',
      done: 1,
      notDone: expect.stringContaining(refused)
    });
    platform.locked.add(refused);
    await runOnFake(platform, { undo: 'evening' });
    expect([...platform.locked]).toEqual([refused]);
  }
);

test('the last save has first what was never saved, then what an earlier save may yet write over', async () => {
  failure = { network: 'timeout' };

  await runOnFake(platform, { canary: 0, batchSize: 2, concurrency: 1 });

  const last = records.saves.at(-1) ?? [];
  expect(last.map((record) => ('runRecordId' in record ? record.number : record.status))).toEqual([2, 3, 1, 'done']);
});

test.each([
  ['in doubt', { network: 'timeout' as const }, 1],
  ['refused', { status: 429 }, 0]
])(
  'where a save of the run is %s, the last line says so only if it may be carried out later',
  async (_how, fault, count) => {
    const log = new RecordingLog();
    let hasFailed = false;
    records.onSave = ([record]) => {
      if (hasFailed || record === undefined || 'runRecordId' in record || record.status !== 'running') return;
      hasFailed = true;
      throw recordFailed('written', 'no answer', fault);
    };

    expect(await runOnFake(platform, { canary: 0 }, {}, log)).toMatchObject({ status: 'done' });

    expect(hasFailed).toBe(true);
    expect(log.lines.filter((line) => line.includes('shows older values than the report'))).toHaveLength(count);
    expect(log.lines.at(-1)?.includes('shows older values than the report')).toBe(count > 0);
  }
);

/** A run whose record is written over while its first batch is under way. @returns what its record says before each batch */
async function runOverwritten(values: Partial<RunRecord>): Promise<unknown[]> {
  records.onSave = () => undefined;
  const statuses: unknown[] = [];
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    const [run] = records.runs.values();
    statuses.push(run?.status);
    if (run !== undefined && statuses.length === 1) records.runs.set(run.id, { ...run, ...values });
    platform.clock.now += 6000;
    return lock(operations);
  };
  // So that no progress is saved, which would write over it.
  records.saveChanges = () => Promise.resolve();
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
  return statuses;
}

test('a run says again that it is at work where its first save comes late and writes over that', async () => {
  expect(await runOverwritten({ status: 'starting' })).toEqual(['running', 'running', 'running']);
});

test('a run leaves its record to another invocation that has taken it over', async () => {
  expect(await runOverwritten({ status: 'starting', leaseHolder: 'another invocation' })).toEqual([
    'running',
    'starting',
    'starting'
  ]);
});
