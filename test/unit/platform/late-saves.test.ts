import { DbRecordStore } from '../../../cloudcode/lock_users/src/platform/DbRecordStore';
import { isReopened } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connectDatabase } from '../../../tasks/local/runtime/db/connect-database';
import { reachInProcess } from '../../support/reach-backend';
import type { ReachedBackend } from '../../support/reach-backend';

/**
 * A request that was given up may be carried out later, and answered: it writes old values over newer ones, and the client
 * takes the newer ones for saved.
 */
let reached: ReachedBackend;
let store: DbRecordStore;
let run: RunRecord;
/** Milliseconds that the next saves take to reach the backend. */
let delaysMs: number[];
/** How many of the next saves are refused, and how many are carried out without an answer. The client tries each twice. */
let refusals: number;
let drops: number;

beforeEach(async () => {
  reached = reachInProcess();
  [delaysMs, refusals, drops] = [[], 0, 0];
  const { url, backend, clock, finish } = reached;
  const db = await finish(
    connectDatabase({
      url,
      token: backend.token,
      sleep: (ms) => clock.sleep(ms),
      async fetchUrl(address, init) {
        const isSave = init.method === 'POST';
        if (isSave) await clock.sleep(delaysMs.shift() ?? 0);
        if (isSave && refusals-- > 0) return { status: 429, text: () => Promise.resolve('{}') };
        if (reached.fetchUrl === undefined) throw new Error('The backend is not in this process.');
        const answer = await reached.fetchUrl(address, init);
        if (isSave && drops-- > 0) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return answer;
      }
    })
  );
  const found = DbRecordStore.find(db, clock, (text) => text);
  if (found === undefined) throw new Error('The store was not found.');
  store = found;
  run = store.newRun();
  Object.assign(run, { runId: 'evening', status: 'running', leaseHolder: 'one', locked: 0 });
  await save();
});

/** Saves the run as far as five seconds are enough. @returns whether they were */
function save(values: Partial<RunRecord> = {}): Promise<boolean> {
  Object.assign(run, values);
  const saved = store.save([run], 5000).then(
    () => true,
    () => false
  );
  return reached.finish(saved);
}

const wait = (ms: number): Promise<void> => reached.finish(reached.clock.sleep(ms));

async function readRun(runId = 'evening'): Promise<RunRecord | undefined> {
  const [found] = await reached.finish(store.findRuns({ runId }, 5000));
  return found;
}

test('what a late request has written over is written again with the next save', async () => {
  delaysMs = [20_000];
  expect(await save({ locked: 55, leaseHolder: 'two' })).toBe(false);
  expect(await save({ locked: 108, leaseHolder: null })).toBe(true);
  await wait(20_000);
  expect(await readRun()).toMatchObject({ locked: 55, leaseHolder: 'two' });

  expect(await save({ status: 'partial' })).toBe(true);

  expect(await readRun()).toMatchObject({ status: 'partial', locked: 108, leaseHolder: null });
});

test('what was written after the first save of a run, which comes late and writes over all of it, is written again', async () => {
  run = store.newRun();
  delaysMs = [20_000];
  expect(await save({ runId: 'late', status: 'starting' })).toBe(false);
  expect(await save({ locked: 108 })).toBe(true);
  expect(await save({ failed: 2 })).toBe(true);
  await wait(20_000);
  expect(await readRun('late')).toMatchObject({ locked: null, failed: null });

  expect(await save({ status: 'partial' })).toBe(true);

  expect(await readRun('late')).toMatchObject({ status: 'partial', locked: 108, failed: 2 });
});

test('a value that failed to be saved is sent again although the client takes it for saved, with the late answer to an earlier request', async () => {
  delaysMs = [6000];
  expect(await save({ locked: 55 })).toBe(false);
  delaysMs = [60_000];
  expect(await save({ status: 'partial', locked: 108, leaseHolder: null })).toBe(false);

  expect(await save()).toBe(true);

  expect(await readRun()).toMatchObject({ status: 'partial', locked: 108, leaseHolder: null });
});

test('a save of the progress sends what has changed alone, so that it does not open a closed record again when it comes late', async () => {
  delaysMs = [6000];
  expect(await save({ status: 'running', leaseHolder: 'two' })).toBe(false);
  expect(await save()).toBe(true);
  Object.assign(run, { locked: 55 });
  delaysMs = [20_000];
  const progress = store.saveChanges(run, 5000).catch(() => undefined);
  await reached.finish(progress);
  expect(await save({ status: 'done', leaseHolder: null, locked: 108 })).toBe(true);
  await wait(20_000);

  expect(await readRun()).toMatchObject({ status: 'done', leaseHolder: null, locked: 55 });
  expect(store.isInDoubt(run)).toBe(true);
});

test('a save that was refused is in no doubt, and what it was to write is written with the next one', async () => {
  Object.assign(run, { locked: 55 });
  refusals = 2;
  expect(await save()).toBe(false);
  expect(store.isInDoubt(run)).toBe(false);

  expect(await save({ failed: 2 })).toBe(true);

  expect(await readRun()).toMatchObject({ locked: 55, failed: 2 });
});

test('an unlock that is called off while the first save of a run has no answer stays called off', async () => {
  run = store.newRun();
  drops = 2;
  expect(await save({ runId: 'dropped', unlockAtMs: Date.UTC(2026, 0, 2) })).toBe(false);
  const other = await readRun('dropped');
  if (other === undefined) throw new Error('The run was not found.');
  await reached.finish(store.save([Object.assign(other, { unlockAtMs: null })], 5000));

  expect(await save({ status: 'running' })).toBe(true);

  expect(run.unlockAtMs).toBeNull();
  expect(await readRun('dropped')).toMatchObject({ status: 'running', unlockAtMs: null });
});

test('what people set in a record stays as they left it, whatever was given up before', async () => {
  delaysMs = [20_000];
  expect(await save({ unlockAtMs: Date.UTC(2026, 0, 2) })).toBe(false);
  expect(await save()).toBe(true);
  await wait(20_000);
  const other = await readRun();
  expect(other).toMatchObject({ unlockAtMs: Date.UTC(2026, 0, 2) });
  if (other === undefined) throw new Error('The run was not found.');
  Object.assign(other, { unlockAtMs: null, message: 'Let them out.' });
  await reached.finish(store.save([other], 5000));

  await save({ locked: 108 });

  expect(await readRun()).toMatchObject({ locked: 108, unlockAtMs: null, message: 'Let them out.' });
});

describe('two invocations of a run, of which the first saves late', () => {
  /** The first one ends so without an answer, tries once more, and the second one takes over. */
  const endFirst = async (status: 'continues' | 'partial', values: Partial<RunRecord>): Promise<void> => {
    delaysMs = [20_000];
    const report = JSON.stringify({ status, invocation: 1 });
    expect(await save({ status, invocation: 1, leaseHolder: null, report, ...values })).toBe(false);
    expect(await save()).toBe(true);
    const found = await readRun();
    if (found === undefined) throw new Error('The run was not found.');
    run = found;
    await save({ status: 'running', invocation: 2, leaseHolder: 'two', finishedAtMs: null });
  };

  const endSecond = (status: 'continues' | 'done', values: Partial<RunRecord>): Promise<boolean> =>
    save({ status, leaseHolder: null, report: JSON.stringify({ status, invocation: 2 }), ...values });

  test('an end that comes back from the first one is not the end of the run that the second one hands over', async () => {
    await endFirst('partial', { finishedAtMs: 900_000 });
    await wait(20_000);

    expect(await endSecond('continues', { finishedAtMs: null, leaseExpiresAtMs: 1_800_000 })).toBe(true);

    const shown = await readRun();
    expect(shown).toMatchObject({ status: 'continues', finishedAtMs: 900_000 });
    expect(shown && isReopened(shown)).toBe(false);
  });

  test('the end of the second one stays where the first one says late that it has handed over, and the run counts as ended', async () => {
    await endFirst('continues', { leaseExpiresAtMs: 1_500_000 });
    expect(await endSecond('done', { finishedAtMs: 1_000_000, leaseExpiresAtMs: null })).toBe(true);
    await wait(20_000);

    const shown = await readRun();
    expect(shown).toMatchObject({ status: 'continues', invocation: 1, finishedAtMs: 1_000_000 });
    expect(shown && isReopened(shown)).toBe(true);
  });
});
