import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
});

const refuseToken = (): Promise<never> => Promise.reject(classifyResponse('GET info.json', 401, undefined));
const evening = (): RunRecord | undefined => [...records.runs.values()].find(({ runId }) => runId === 'evening');
const goOn = (settings: object = {}): Promise<Report> =>
  runOnFake(platform, platform.scheduled.shift()?.parameters, settings);

/** A run whose first invocation locks four of six users before its time is over. */
async function begin(): Promise<void> {
  const answer = platform.answerBatch;
  let sent = 0;
  platform.answerBatch = (operations) => {
    if (++sent === 2) platform.clock.now += 275_000;
    return answer(operations);
  };
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
}

test('the object of a requested run says so where the backend refuses the token', async () => {
  const run = records.add({ status: 'requested' });
  platform.readDeployment = refuseToken;

  const report = await runOnFake(platform, { runId: run.id });

  expect(report.status).toBe('failed');
  expect(records.runs.get(run.id)).toMatchObject({
    status: 'failed',
    runId: run.id,
    finishedAtMs: platform.clock.now,
    message: report.stopReason?.message
  });
});

test('the object of a run that a webhook requests says so where the deployment is not armed', async () => {
  const run = records.add({ status: 'requested', parameters: '{"dryRun": false}' });
  await handleWebhook({ ...SETTINGS, webhook: true, armed: false }, run.id, platform.ports());

  expect(await goOn({ armed: false })).toMatchObject({ status: 'refused', stopReason: { code: 'NOT_ARMED' } });
  expect(records.runs.get(run.id)).toMatchObject({ status: 'refused', message: expect.stringContaining('not armed') });
});

test('the record of a run that goes on says so where the backend refuses the token, and keeps its counts', async () => {
  await begin();
  platform.readDeployment = refuseToken;

  const last = await goOn();

  expect(evening()).toMatchObject({
    status: last.status,
    invocation: 2,
    leaseHolder: null,
    leaseExpiresAtMs: null,
    selected: 6,
    locked: 4
  });
  expect(last.stopReason?.code).toBe('BACKEND_UNAUTHORIZED');
});

test('a run whose deployment is disarmed between two invocations ends there, and its record says so', async () => {
  await begin();

  const last = await goOn({ armed: false });

  expect(last).toMatchObject({ status: 'partial', stopReason: { code: 'NOT_ARMED' }, earlier: { locked: 4 } });
  expect(evening()).toMatchObject({ status: 'partial', locked: 4, leaseExpiresAtMs: null });
  expect(platform.locked.size).toBe(4);
});

test('an order that comes again, and is refused the token, changes nothing in the record of a run that ended', async () => {
  await runOnFake(platform, { runId: 'evening' });
  const before = evening();
  platform.readDeployment = refuseToken;

  await runOnFake(platform, { runId: 'evening' });

  expect(evening()).toEqual(before);
});

test('a requested run that is to come back, because the backend does not answer in time, stays as it is', async () => {
  const run = records.add({ status: 'requested' });
  platform.readDeployment = () => {
    platform.clock.now += 275_000;
    return Promise.reject(backendError('BACKEND_UNREACHABLE', 'No answer.', { network: 'timeout' }));
  };

  expect(await runOnFake(platform, { runId: run.id })).toMatchObject({ status: 'continues' });
  expect(records.runs.get(run.id)).toMatchObject({ status: 'requested' });
});

test.each(['starting', 'running'])(
  'a run whose first invocation could not write that it is %s hands no lease over, beside a run that is under way',
  async (status) => {
    records.onSave = ([record]) => {
      if (record === undefined || 'runRecordId' in record || record.status !== status) return;
      platform.clock.now += 30_000;
      throw backendError('BACKEND_UNREACHABLE', 'No answer.', { network: 'timeout' });
    };
    expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'continues' });
    expect(evening()).toMatchObject({ status: 'continues', leaseExpiresAtMs: null });
    records.onSave = () => undefined;
    records.add({ status: 'running', runId: 'other', leaseExpiresAtMs: platform.clock.now + 200_000 });

    expect(await goOn()).toMatchObject({ status: 'queued', stopReason: { code: 'QUEUED' } });
    expect(platform.batches).toEqual([]);
  }
);

test('the last batches and the ending of the run are saved with one request', async () => {
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 3 });

  const last = records.saves.at(-1) ?? [];
  expect(last.filter((record) => 'runRecordId' in record && record.state === 'answered')).not.toEqual([]);
  expect(last.at(-1)).toMatchObject({ runId: 'evening', status: 'done', locked: 6, leaseHolder: null });
});

test('a run whose last batches cannot be saved with it is saved by itself, and the log says what is missing', async () => {
  records.onSave = (saved) => {
    if (saved.some((record) => 'runRecordId' in record && record.state === 'answered')) {
      throw backendError('RECORD_FAILED', 'No room for batches.', { status: 507 });
    }
  };

  const log = new RecordingLog();
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 3 }, {}, log);

  expect(evening()).toMatchObject({ status: 'done', locked: 6, leaseHolder: null });
  expect([...records.batches.values()].map(({ state }) => state)).not.toContain('answered');
  expect(log.lines).toContain('No room for batches. What the record says may be incomplete; the report is not.');
});

test('an outcome that nobody waits for is not saved by itself', async () => {
  platform = new FakePlatform(userIds(30));
  platform.records = records;

  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 1, concurrency: 1 });

  const announces = (save: (typeof records.saves)[number]): boolean =>
    save.some((record) => 'runRecordId' in record && record.state === 'sent');
  const ofBatches = records.saves.filter((save) => save.every((record) => 'runRecordId' in record));
  expect(ofBatches).toHaveLength(30);
  expect(ofBatches.filter((save) => !announces(save))).toEqual([]);
});

/** What the record says of the batches when the run looks at the users for the nth time; the looks before show nobody locked. */
async function readBatchesAtLook(nth: number): Promise<[unknown, unknown][]> {
  const read = platform.readUserStates.bind(platform);
  let found: [unknown, unknown][] = [];
  let looks = 0;
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    if (++looks < nth) return { ...page, users: page.users.map((user) => ({ ...user, locked: false })) };
    if (looks > nth) return page;
    await new Promise((resolve) => setImmediate(resolve));
    found = [...records.batches.values()].map(({ state, notDone }) => [state, JSON.parse(notDone ?? 'null')]);
    return page;
  };
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 3, concurrency: 1 });
  return found;
}

test('whom a batch could not lock is in the record before the run looks at anybody again', async () => {
  const answer = platform.answerBatch;
  platform.answerBatch = (operations) => {
    if (operations[0]?.user_id === userId(0)) return answer(operations);
    const refused = { success: false, error: { type: 'NOT_ALLOWED', detail: 'No.' } };
    return { operations: operations.map(() => refused) };
  };

  const [, last] = await readBatchesAtLook(2);

  const names = [3, 4, 5].map((number) => expect.objectContaining({ userId: userId(number) }) as unknown);
  expect(last).toEqual(['answered', names]);
});

test('before the run waits for users to be shown locked, the outcomes of all batches are in the record', async () => {
  expect(await readBatchesAtLook(3)).toEqual([
    ['answered', []],
    ['answered', []]
  ]);
});
