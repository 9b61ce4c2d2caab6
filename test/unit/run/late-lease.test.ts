import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { acquireLease } from '../../../cloudcode/lock_users/src/records/acquire-lease';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { RequestSender } from '../../../cloudcode/lock_users/src/requests/RequestSender';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const down = (): Error =>
  new LockUsersError({ code: 'RECORD_FAILED', message: 'Down.', nextStep: 'Wait.', status: 503 });

/** Whether a record is that of this run, and says this. */
const isRun = (record: object, runId: string, status: string): boolean =>
  (record as Partial<RunRecord>).runId === runId && (record as Partial<RunRecord>).status === status;

test('a run whose record could not be written until its first lease was over does not run beside the one that began since', async () => {
  const platform = new FakePlatform(userIds(6));
  const records = new MemoryRecordStore();
  platform.records = records;
  const other = new FakePlatform(userIds(6));
  other.records = records;
  Object.assign(other, { clock: platform.clock });
  // The other run has sent its first batch, and waits for the answer.
  other.answerBatch = () => new Promise(() => undefined);
  let isStarted = false;
  records.onSave = async (saved) => {
    if (isStarted || !saved.some((record) => isRun(record, 'first', 'running'))) return;
    // The database does not take it for a minute.
    platform.clock.now += 25_000;
    if (platform.clock.now < 1_000_000 + 70_000) throw down();
    isStarted = true;
    void runOnFake(other, { runId: 'second' });
    while (other.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  const report = await runOnFake(platform, { runId: 'first' });

  expect(other.batches).toHaveLength(1);
  expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_UNDER_WAY' } });
  expect(platform.batches).toEqual([]);
});

test('the same of a next invocation that was handed a lease which is over when its record is written', async () => {
  const platform = new FakePlatform(userIds(6));
  const records = new MemoryRecordStore();
  platform.records = records;
  const { clock } = platform;
  const ports = platform.ports();
  const begin = (run: RunRecord): Promise<RunRecord | undefined> =>
    acquireLease({ sender: new RequestSender(ports, SETTINGS), ports }, records, run, `holder of ${run.runId}`);
  const first = records.add({ runId: 'first', status: 'continues', leaseExpiresAtMs: clock.now + 10_000 });
  const second = { ...records.newRun(), runId: 'second' };
  let blocker: Promise<RunRecord | undefined> | undefined;
  records.onSave = async () => {
    if (blocker !== undefined) return;
    clock.now += 11_000;
    blocker = begin(second);
    await blocker;
  };

  expect(await begin({ ...first })).toMatchObject({ runId: 'second' });
  expect(await blocker).toBeUndefined();
});
