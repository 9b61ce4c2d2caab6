import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
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
  expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'done', counts: { locked: 3 } });
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
