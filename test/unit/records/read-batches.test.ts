import { readBatches } from '../../../cloudcode/lock_users/src/records/read-batches';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { cutAfter } from '../../support/cut-after';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

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

const goOn = (): ReturnType<typeof runOnFake> => runOnFake(platform, platform.scheduled.shift()?.parameters);

async function collect(readPage: (limit: number, skip: number) => readonly string[], limit: number): Promise<string[]> {
  const store = new MemoryRecordStore();
  const made = (id: string): BatchRecord => ({ ...store.newBatch('run'), id });
  const taken: string[] = [];
  await readBatches(
    (most, skip) => Promise.resolve(readPage(most, skip).map(made)),
    limit,
    ({ id }) => taken.push(id)
  );
  return taken;
}

const IDS = ['a', 'b', 'c', 'd', 'e'];

test('pages that are shorter than asked for are not the end', async () => {
  expect(await collect((_limit, skip) => IDS.slice(skip, skip + 2), 20)).toEqual(IDS);
});

test('an empty page is asked for once more before it counts as the end', async () => {
  let reads = 0;
  const page = (limit: number, skip: number): readonly string[] =>
    ++reads % 2 === 1 ? [] : IDS.slice(skip, skip + limit);
  expect(await collect(page, 2)).toEqual(IDS);
});

test('a batch that shows up in two pages, because the pages have shifted, is taken once', async () => {
  expect(await collect((limit, skip) => IDS.slice(Math.max(0, skip - 1), skip + limit - 1), 3)).toEqual(IDS);
});

test('full pages that are always the same end in an error at once, and short ones are all that there is', async () => {
  let reads = 0;
  const page = (limit: number): readonly string[] => {
    reads++;
    return IDS.slice(0, limit);
  };
  await expect(collect(page, 3)).rejects.toMatchObject({ code: 'RECORD_FAILED' });
  expect(reads).toBe(2);
  expect(await collect(page, 20)).toEqual(IDS);
});

test('an undo whose database ignores "skip" fails at once and claims nothing', async () => {
  await runOnFake(platform, SMALL);
  const read = records.readBatches.bind(records);
  let reads = 0;
  records.readBatches = (wanted, limit) => {
    reads++;
    return read(wanted, limit, 0);
  };

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'failed', stopReason: { code: 'RECORD_FAILED' } });
  expect(reads).toBe(2);
});

test('an undo reads a page of batches again that is answered with an empty list once', async () => {
  await runOnFake(platform, SMALL);
  const read = records.readBatches.bind(records);
  let isShown = false;
  records.readBatches = (wanted, limit, skip) => {
    if (skip !== 20 || isShown) return read(wanted, limit, skip);
    isShown = true;
    return Promise.resolve([]);
  };

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'done', counts: { unlocked: 60 } });
});

test('a later invocation knows whom the run has locked, where the first read of its batches is answered with an empty list', async () => {
  cutAfter(platform, 10);
  await runOnFake(platform, SMALL);
  const read = records.readBatches.bind(records);
  let reads = 0;
  records.readBatches = (wanted, limit, skip) => (reads++ === 0 ? Promise.resolve([]) : read(wanted, limit, skip));

  const last = await goOn();

  expect(last.earlier).toEqual({ locked: 20 });
  expect([...records.runs.values()]).toMatchObject([{ alreadyLocked: 0, locked: 60 }]);
});

test('a later invocation corrects all batches where the database gives fewer records at once than asked for', async () => {
  const read = records.readBatches.bind(records);
  records.readBatches = (wanted, limit, skip) => read(wanted, Math.min(limit, 3), skip);
  cutAfter(platform, 5, true);
  const first = await runOnFake(platform, SMALL);
  const last = await goOn();

  expect([first.status, last.status]).toEqual(['continues', 'done']);
  expect([...records.runs.values()]).toMatchObject([{ alreadyLocked: 0, locked: 60 }]);
  expect([...records.batches.values()].filter(({ notDone }) => notDone?.includes('unconfirmed'))).toEqual([]);
});
