import { DbRecordStore } from '../../../cloudcode/lock_users/src/platform/DbRecordStore';
import { isReopened } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connectDatabase } from '../../../tasks/local/runtime/db/connect-database';
import { reachInProcess } from '../../support/reach-backend';

test.each([[1], [2]])('D: a run that goes on is not taken for one that has ended, where the last save of invocation 1 comes late (%i saves)', async (tries) => {
  const reached = reachInProcess();
  const delaysMs: number[] = [];
  const { url, backend, clock, finish } = reached;
  const open = async (): Promise<DbRecordStore> => {
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
    const found = DbRecordStore.find(db, clock, (text) => text);
    if (found === undefined) throw new Error('none');
    return found;
  };
  const save = (store: DbRecordStore, run: RunRecord, values: Partial<RunRecord>): Promise<boolean> => {
    Object.assign(run, values);
    return finish(store.save([run], 5000).then(() => true, () => false));
  };
  // Invocation 1 ends as "partial": its order got no answer and was taken.
  const one = await open();
  const run = one.newRun();
  await save(one, run, { runId: 'evening', status: 'running', leaseHolder: 'one', invocation: 1, startedAtMs: 1 });
  delaysMs.push(20_000);
  expect(await save(one, run, { status: 'partial', leaseHolder: null, finishedAtMs: 900_000 })).toBe(false);
  if (tries === 2) expect(await save(one, run, {})).toBe(true);

  // Invocation 2 begins, as begin-run and acquire-lease do.
  const two = await open();
  const [found] = await finish(two.findRuns({ runId: 'evening' }, 5000));
  if (found === undefined) throw new Error('none');
  await save(two, found, { invocation: 2, finishedAtMs: null, message: null, status: 'starting', leaseHolder: 'two' });
  await save(two, found, { status: 'running', leaseHolder: 'two' });
  await finish(clock.sleep(30_000));
  // It runs out of time, and has scheduled the next one.
  await save(two, found, { status: 'continues', leaseHolder: null, finishedAtMs: null });

  const three = await open();
  const [shown] = await finish(three.findRuns({ runId: 'evening' }, 5000));
  expect(shown).toMatchObject({ status: 'continues', invocation: 2 });
  expect(shown && isReopened(shown)).toBe(false);
});

test('E2: how the record of a run looks that invocation 2 ended, where a save of invocation 1 that was in doubt comes late', async () => {
  const reached = reachInProcess();
  const delaysMs: number[] = [];
  const { url, backend, clock, finish } = reached;
  const open = async (): Promise<DbRecordStore> => {
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
    const found = DbRecordStore.find(db, clock, (text) => text);
    if (found === undefined) throw new Error('none');
    return found;
  };
  const save = (store: DbRecordStore, run: RunRecord, values: Partial<RunRecord>): Promise<boolean> => {
    Object.assign(run, values);
    return finish(store.save([run], 5000).then(() => true, () => false));
  };
  const find = async (store: DbRecordStore): Promise<RunRecord> => {
    const [found] = await finish(store.findRuns({ runId: 'evening' }, 5000));
    if (found === undefined) throw new Error('none');
    return found;
  };
  const zero = await open();
  const made = zero.newRun();
  await save(zero, made, { runId: 'evening', status: 'requested' });

  const one = await open();
  const run = await find(one);
  delaysMs.push(6_000);
  expect(await save(one, run, { status: 'starting', leaseHolder: 'one', invocation: 1, startedAtMs: 1000, finishedAtMs: null })).toBe(false);
  expect(await save(one, run, {})).toBe(true);
  expect(await save(one, run, { status: 'running' })).toBe(true);
  delaysMs.push(20_000);
  expect(await save(one, run, { status: 'continues', leaseHolder: null, finishedAtMs: null })).toBe(false);
  expect(await save(one, run, {})).toBe(true);

  const two = await open();
  const next = await find(two);
  expect(next).toMatchObject({ status: 'continues', invocation: 1 });
  await save(two, next, { invocation: 2, finishedAtMs: null, status: 'starting', leaseHolder: 'two' });
  await save(two, next, { status: 'running' });
  await save(two, next, { status: 'done', leaseHolder: null, finishedAtMs: 900_000 });
  await finish(clock.sleep(30_000));

  const three = await open();
  const shown = await find(three);
  expect(shown).toMatchObject({ status: 'continues', invocation: 1, finishedAtMs: 900_000 });
});
