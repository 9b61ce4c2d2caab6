import { DbRecordStore } from '../../../cloudcode/lock_users/src/platform/DbRecordStore';
import { isReopened } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connectDatabase } from '../../../tasks/local/runtime/db/connect-database';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { reachInProcess } from '../../support/reach-backend';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;

test('L0: the first save of a new record that comes after the last one: the run looks as if it had ended', async () => {
  const reached = reachInProcess();
  const delaysMs: number[] = [];
  const { url, backend, clock, finish } = reached;
  const db = await finish(
    connectDatabase({
      url,
      token: backend.token,
      sleep: (ms) => clock.sleep(ms),
      async fetchUrl(address, init) {
        if (init.method === 'POST') await clock.sleep(delaysMs.shift() ?? 0);
        if (reached.fetchUrl === undefined) throw new Error('x');
        return reached.fetchUrl(address, init);
      }
    })
  );
  const store = DbRecordStore.find(db, clock, (text) => text);
  if (store === undefined) throw new Error('none');
  const save = (run: RunRecord, values: Partial<RunRecord>): Promise<boolean> => {
    Object.assign(run, values);
    return finish(store.save([run], 5000).then(() => true, () => false));
  };
  const run = store.newRun();
  delaysMs.push(20_000);
  expect(await save(run, { runId: 'evening', action: 'lock', status: 'starting', leaseHolder: 'one', leaseExpiresAtMs: 1, invocation: 1 })).toBe(false);
  expect(await save(run, {})).toBe(true);
  expect(await save(run, { status: 'running', startedAtMs: 1000 })).toBe(true);
  expect(await save(run, { status: 'done', leaseHolder: null, leaseExpiresAtMs: null, finishedAtMs: 9000, locked: 3 })).toBe(true);
  await finish(clock.sleep(30_000));
  const [shown] = await finish(store.findRuns({ runId: 'evening' }, 5000));
  expect(shown && isReopened(shown)).toBe(true);
});

function world(): { platform: FakePlatform; records: MemoryRecordStore } {
  const platform = new FakePlatform(userIds(3));
  const records = new MemoryRecordStore();
  platform.records = records;
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  return { platform, records };
}

/** What the first save has written over all of the record, as L0 shows. */
function wipe(records: MemoryRecordStore): void {
  const [one] = records.runs.values();
  Object.assign(one!, { status: 'starting', startedAtMs: null, finishedAtMs: null, leaseHolder: 'x', leaseExpiresAtMs: 1, locked: null, report: null, undoneBy: null });
}

test('L1: an undo of such a run leaves whom another run has locked since', async () => {
  const { platform, records } = world();
  await runOnFake(platform, { runId: 'evening' });
  wipe(records);
  platform.clock.now += 5 * MINUTE_MS;
  await runOnFake(platform, { action: 'unlock', userIds: [userId(1)] });
  platform.clock.now += 5 * MINUTE_MS;
  await runOnFake(platform, { userIds: [userId(1)] });
  platform.clock.now += 5 * MINUTE_MS;

  const undo = await runOnFake(platform, { undo: 'evening' });

  expect(undo.counts).toMatchObject({ lockedAgain: 1, unlocked: 2 });
  expect([...platform.locked]).toEqual([userId(1)]);
});

test('L2: such a run is not carried out again by a second delivery', async () => {
  const { platform, records } = world();
  await runOnFake(platform, { runId: 'evening' });
  wipe(records);
  platform.locked.clear();
  platform.clock.now += 5 * MINUTE_MS;
  await runOnFake(platform, { runId: 'evening' });
  expect(platform.locked.size).toBe(0);
});
