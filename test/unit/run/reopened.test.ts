import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { cutAfter } from '../../support/cut-after';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const ENDED_AT_MS = 900_000;

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  records = new MemoryRecordStore();
  platform.records = records;
});

/** The record of a run that has ended, with what a save has written over it that came late. */
const addReopened = (status: 'starting' | 'running' | 'interrupted'): void => {
  const times = { startedAtMs: 800_000, finishedAtMs: ENDED_AT_MS, leaseExpiresAtMs: 950_000 };
  records.add({ runId: 'evening', action: 'unlock', status, invocation: 1, leaseHolder: 'one', ...times });
};

const read = (): RunRecord | undefined => {
  const [record] = records.runs.values();
  return record && { ...record };
};

const change = (values: Partial<RunRecord>): void => {
  const [record] = records.runs.values();
  Object.assign(record ?? {}, values);
};

test.each(['starting', 'running', 'interrupted'] as const)(
  'a run that has ended is not carried out again where a late save has written "%s" over its status',
  async (status) => {
    addReopened(status);
    for (const id of userIds(6)) platform.locked.add(id);

    const report = await runOnFake(platform, { action: 'unlock', runId: 'evening' });

    expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
    expect(report.stopReason?.message).toContain('a save that came late wrote an older status into its record');
    expect(platform.singles).toEqual([]);
    expect(platform.locked.size).toBe(6);
  }
);

test('another run says of such a record that its run had ended, and not that its process reported nothing', async () => {
  addReopened('starting');
  const [record] = records.runs.values();
  Object.assign(record ?? {}, { stopRequested: true });

  expect(await runOnFake(platform, {}, {}, new RecordingLog())).toMatchObject({ status: 'done' });

  const [written] = [...records.runs.values()].filter(({ runId }) => runId === 'evening');
  expect(written).toMatchObject({ status: 'interrupted', finishedAtMs: ENDED_AT_MS });
  expect(written?.message).toMatch(/^The run had ended, and a save that came late /);
});

test.each([
  ['was killed', { status: 'running', startedAtMs: 800_000 }],
  ['is requested with an object that was copied', { status: 'requested', finishedAtMs: ENDED_AT_MS }]
] as const)(
  'a run that %s is carried out all the same, and its record gets an end of its own',
  async (_how, values) => {
    records.add({ runId: 'evening', action: 'lock', invocation: 1, ...values });

    expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'done', counts: { locked: 6 } });
    const [record] = records.runs.values();
    expect(record?.status).toBe('done');
    expect(record?.finishedAtMs).toBeGreaterThan(ENDED_AT_MS);
  }
);

test('a run that has ended is undone although a late save says that it holds the lease', async () => {
  expect(await runOnFake(platform, { runId: 'evening' })).toMatchObject({ status: 'done', counts: { locked: 6 } });
  change({ status: 'running', leaseHolder: 'one', leaseExpiresAtMs: platform.clock.now + 330_000 });
  platform.clock.now += 60_000;

  expect(await runOnFake(platform, { undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
});

describe('of a run whose first invocation has handed over', () => {
  /** What that invocation saved last, and the parameters of the next one. */
  let handedOver: RunRecord | undefined;
  let next: Readonly<Record<string, unknown>> | undefined;

  beforeEach(async () => {
    let runs = 0;
    platform.newRunId = () => `id-${++runs}`;
    cutAfter(platform, 2);
    const report = await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
    expect(report).toMatchObject({ status: 'continues', counts: { locked: 4 } });
    handedOver = read();
    next = platform.scheduled.shift()?.parameters;
  });

  test.each([
    ['handed over', {}],
    ['is at work', { status: 'running', leaseHolder: 'one', leaseExpiresAtMs: 1_330_000 }]
  ] as const)(
    'a second invocation that has ended does nothing when it is delivered again, where a late save says that the first one %s',
    async (_what, values) => {
      expect(await runOnFake(platform, next)).toMatchObject({ status: 'done', invocation: 2 });
      const { finishedAtMs = null, report = null } = read() ?? {};
      const late = 'status' in values ? { ...values, invocation: 1, report } : handedOver;
      change({ ...late, finishedAtMs });
      platform.locked.clear();
      platform.clock.now += 3_600_000;

      expect(await runOnFake(platform, next)).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
      expect(platform.locked.size).toBe(0);
    }
  );

  test('a second invocation that was killed is carried out again, where a late save has brought back an end of the first one', async () => {
    change({ status: 'running', invocation: 2, leaseHolder: 'two', finishedAtMs: platform.clock.now });
    platform.clock.now += 3_600_000;

    expect(await runOnFake(platform, next)).toMatchObject({ status: 'done', invocation: 2, counts: { locked: 2 } });
    expect(platform.locked.size).toBe(6);
  });

  test('a second invocation that was ordered without an answer is carried out, where a late save has reopened the end of the first one', async () => {
    const report = JSON.stringify({ status: 'partial', invocation: 1 });
    change({ status: 'running', leaseHolder: 'one', finishedAtMs: platform.clock.now, report });
    platform.clock.now += 3_600_000;

    expect(await runOnFake(platform, next)).toMatchObject({ status: 'done', invocation: 2, counts: { locked: 2 } });
  });
});

test('an invocation that was ordered without an answer does not run beside another run, where a late save has given its run the lease again', async () => {
  let runs = 0;
  platform.newRunId = () => `id-${++runs}`;
  cutAfter(platform, 2);
  await runOnFake(platform, { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 });
  const next = platform.scheduled.shift()?.parameters;
  const { now } = platform.clock;
  const lease = { leaseHolder: 'one', leaseExpiresAtMs: now + 330_000 };
  const report = JSON.stringify({ status: 'partial', invocation: 1 });
  change({ status: 'running', finishedAtMs: now, report, ...lease });
  const other = { runId: 'other', action: 'unlock', invocation: 1, startedAtMs: now + 1000 } as const;
  records.add({ ...other, ...lease, status: 'running', leaseHolder: 'other' });
  platform.clock.now += 10_000;

  expect(await runOnFake(platform, next)).toMatchObject({ status: 'queued' });
  expect(platform.batches).toHaveLength(2);
});
