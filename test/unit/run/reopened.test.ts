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
