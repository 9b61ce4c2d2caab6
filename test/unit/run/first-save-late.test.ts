import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { cutAfter } from '../../support/cut-after';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

/**
 * The first save of a new record got no answer and is carried out after the last one. As a new object's save has all fields, it empties what
 * was saved since (late-saves.test.ts).
 */
const MINUTE_MS = 60_000;

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(async () => {
  platform = new FakePlatform(userIds(3));
  records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  let first: RunRecord | undefined;
  records.onSave = ([record]) => {
    if (first === undefined && record !== undefined && !('runRecordId' in record)) first = { ...record };
  };
  const report = await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 1, concurrency: 1 });
  expect(report).toMatchObject({ status: 'done', counts: { locked: 3 } });
  if (first === undefined) throw new Error('The run was not saved.');
  expect(first).toMatchObject({ status: 'starting', startedAtMs: null, finishedAtMs: null });
  records.runs.set(first.id, first);
  platform.clock.now += 5 * MINUTE_MS;
});

/** Somebody lets user 1 in, and another run locks them again. */
async function lockAgain(): Promise<void> {
  await runOnFake(platform, { action: 'unlock', userIds: [userId(1)] });
  platform.clock.now += 5 * MINUTE_MS;
  await runOnFake(platform, { userIds: [userId(1)] });
  platform.clock.now += 5 * MINUTE_MS;
}

test('an undo of a run whose record no longer says when it began leaves whom another run has locked since', async () => {
  await lockAgain();

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo).toMatchObject({ status: 'done', counts: { lockedAgain: 1, unlocked: 2 } });
  expect([...platform.locked]).toEqual([userId(1)]);
});

test('the same where its record says that it began later than it did', async () => {
  await lockAgain();
  const [record] = records.runs.values();
  Object.assign(record ?? {}, { startedAtMs: platform.clock.now });

  await runOnFake(platform, { undo: 'evening' });

  expect([...platform.locked]).toEqual([userId(1)]);
});

test('an undo finds whom a run has locked where it has a record besides that says nothing of its start', async () => {
  const [record] = records.runs.values();
  Object.assign(record ?? {}, { startedAtMs: platform.clock.now - 5 * MINUTE_MS });
  records.add({ runId: 'evening', stopRequested: true });

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
});

test.each(['starting', 'interrupted'] as const)(
  'a run whose record was emptied, and says "%s", is not carried out again by a second delivery',
  async (status) => {
    const [record] = records.runs.values();
    Object.assign(record ?? {}, { status });
    const before = { ...record };
    platform.locked.clear();

    const again = await runOnFake(platform, { runId: 'evening' });

    expect(again).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
    expect(again.stopReason?.message).toContain('a save that came late has emptied its record');
    expect(platform.locked.size).toBe(0);
    expect([...records.runs.values()]).toEqual([before]);
  }
);

test('whether it is carried out again is told by its own batches, also where the database ignores whose were asked for', async () => {
  const another = records.newBatch('another');
  records.batches.set(another.id, Object.assign(another, { state: 'sent', userIds: '[]' }));
  records.readBatches = (_wanted, limit, skip) =>
    Promise.resolve([...records.batches.values()].slice(skip, skip + limit));

  expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });

  records.batches.clear();
  records.batches.set(another.id, Object.assign(another, { state: 'answered', done: 0, notDone: '[]' }));

  expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'done' });
});

test.each<[string, () => void]>([
  [
    'one of its batches has no outcome, as it was killed',
    () => {
      const [batch] = records.batches.values();
      Object.assign(batch ?? {}, { state: 'sent', answeredAtMs: null, done: null });
    }
  ],
  ['it has no batches, as it was killed before it began', () => records.batches.clear()],
  [
    'somebody has requested it anew',
    () => {
      const [record] = records.runs.values();
      Object.assign(record ?? {}, { status: 'requested' });
    }
  ]
])('it is carried out again where %s', async (_why, change) => {
  change();
  platform.locked.clear();

  expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'done', counts: { locked: 3 } });
});

test('the next invocation of a run that goes on is carried out although the record was emptied', async () => {
  platform.locked.clear();
  cutAfter(platform, 2);
  const first = await runOnFake(platform, { runId: 'night', canary: 0, batchSize: 1, concurrency: 1 });
  expect(first).toMatchObject({ status: 'continues' });
  const record = [...records.runs.values()].find(({ runId }) => runId === 'night');
  Object.assign(record ?? {}, { status: 'starting', startedAtMs: null, leaseExpiresAtMs: platform.clock.now });

  expect(await runOnFake(platform, platform.scheduled.shift()?.parameters)).toMatchObject({ status: 'done' });
  expect(platform.locked.size).toBe(3);
});
