import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(20));
  records = new MemoryRecordStore();
  platform.records = records;
});

/** Locks everybody of a batch, and the time of the invocation is over before any answer comes. */
function loseAnswers(): void {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    answer(operations);
    platform.answerBatch = answer;
    platform.clock.now += 400_000;
    throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed.', { network: 'timeout' });
  };
}

/** Carries out what is scheduled, in order. */
async function goOn(): Promise<Report> {
  const { parameters } = platform.scheduled.shift() ?? {};
  return runOnFake(platform, parameters, {}, new RecordingLog());
}

test('users whose answers an earlier invocation lost count as locked by the run, in record, batches and report', async () => {
  platform.locked.add(userId(0));
  loseAnswers();

  const first = await runOnFake(platform, { canary: 0 });
  const last = await goOn();

  expect(first).toMatchObject({ status: 'continues', counts: { unconfirmed: 19, locked: 0 } });
  expect(last).toMatchObject({ status: 'done', counts: { alreadyLocked: 20, planned: 0 }, earlier: { locked: 19 } });
  const [run] = records.runs.values();
  expect(run).toMatchObject({ status: 'done', locked: 19, alreadyLocked: 1, planned: 19, unconfirmed: 0 });
  expect([...records.batches.values()]).toMatchObject([{ state: 'answered', done: 19, notDone: '[]' }]);
});

test('the same holds where the earlier invocation was killed and wrote nothing down', async () => {
  const answer = platform.answerBatch;
  const never = new Promise<never>(() => undefined);
  platform.answerBatch = (operations) => {
    answer(operations);
    return never;
  };
  void runOnFake(platform, { canary: 0, runId: 'evening' });
  while (platform.locked.size === 0) await new Promise((resolve) => setImmediate(resolve));
  platform.answerBatch = answer;
  platform.clock.now += 3_600_000;

  const report = await runOnFake(platform, { canary: 0, runId: 'evening' });

  expect(report).toMatchObject({ status: 'done', earlier: { locked: 20 } });
  expect([...records.runs.values()]).toMatchObject([{ status: 'done', locked: 20, alreadyLocked: 0 }]);
  expect([...records.batches.values()]).toMatchObject([{ state: 'answered', done: 20, notDone: '[]' }]);
});

test('whom somebody else has locked between two invocations, the run does not claim', async () => {
  loseAnswers();
  platform.answerBatch = (
    (lock) => (operations) =>
      lock(operations.filter(({ user_id: id }) => id !== userId(3)))
  )(platform.answerBatch);
  await runOnFake(platform, { userIds: userIds(10) });
  // Not sent by the first invocation, and locked by somebody before the second one looks.
  platform.locked.add(userId(12));

  await goOn();

  const [run] = records.runs.values();
  expect(run).toMatchObject({ status: 'done', locked: 10, alreadyLocked: 0 });
});

test('a user whom somebody locks in a later invocation, between its look and its batch, stays locked by an undo', async () => {
  // The first invocation ends before it has sent anything.
  platform.answerBatch = () => {
    throw new Error('not reached');
  };
  const read = platform.readUserIds.bind(platform);
  platform.readUserIds = async (...page) => {
    platform.clock.now += 400_000;
    return read(...page);
  };
  const first = await runOnFake(platform, { runId: 'evening' });
  platform.readUserIds = read;
  const lock = (operations: readonly { user_id: string }[]): unknown => {
    for (const { user_id: id } of operations) platform.locked.add(id);
    return {
      operations: operations.map(({ user_id: id }) =>
        id === userId(5) ? { success: false, error: { type: 'SOME_CONFLICT', detail: 'd' } } : { success: true }
      )
    };
  };
  platform.answerBatch = lock;

  const last = await goOn();
  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(first.status).toBe('continues');
  expect(last).toMatchObject({ status: 'done', counts: { locked: 19, alreadyLocked: 1 } });
  expect(undo).toMatchObject({ status: 'done', counts: { unlocked: 19 } });
  expect([...platform.locked]).toEqual([userId(5)]);
});
