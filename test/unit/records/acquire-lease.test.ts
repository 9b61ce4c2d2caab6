import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { Clock } from '../../../cloudcode/lock_users/src/ports';
import { RequestSender } from '../../../cloudcode/lock_users/src/requests/RequestSender';
import {
  acquireLease,
  LEASE_MARGIN_MS,
  STARTING_LEASE_MS
} from '../../../cloudcode/lock_users/src/records/acquire-lease';
import { HAND_OVER_LEASE_MS } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { MAX_WAIT_MS } from '../../../cloudcode/lock_users/src/requests/retry-rules';
import { FakeClock, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';

const UNTIL_MS = 2_000_000;

function take(records: MemoryRecordStore, run: RunRecord, clock: Clock): Promise<RunRecord | undefined> {
  const ports = { clock, random: () => 0.5, log: new RecordingLog() };
  const budgetMs = UNTIL_MS - LEASE_MARGIN_MS - clock.nowMs();
  const sender = new RequestSender(ports, { pace: { rate: 1000, burst: 100_000 }, budgetMs });
  return acquireLease({ sender, ports }, records, run, `holder of ${run.runId}`);
}

/** A store whose reads and saves take place in whatever order the scheduler draws. */
class SlowStore extends MemoryRecordStore {
  constructor(private readonly scheduler: Scheduler) {
    super();
    this.onSave = () => scheduler.schedule(Promise.resolve());
  }

  override async findRuns(query: Parameters<MemoryRecordStore['findRuns']>[0]): Promise<readonly RunRecord[]> {
    await this.scheduler.schedule(Promise.resolve());
    const found = await super.findRuns(query);
    // The answer is under way for a while as well.
    await this.scheduler.schedule(Promise.resolve());
    return found;
  }
}

test('in whatever order saves and reads take place, exactly one of several runs gets the lease', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, count) => {
      const records = new SlowStore(scheduler);
      const clock = { nowMs: () => 1000, monotonicMs: () => 1000, sleep: () => scheduler.schedule(Promise.resolve()) };
      const attempts = Array.from({ length: count }, async (_, index) => {
        const run = Object.assign(records.newRun(), { runId: `run-${index}` });
        const blocker = await take(records, run, clock);
        if (blocker !== undefined) await records.save([Object.assign(run, { status: 'refused' })]);
        return blocker;
      });
      await scheduler.waitFor(Promise.all(attempts));

      const blockers = await Promise.all(attempts);
      expect(blockers.filter((blocker) => blocker === undefined)).toHaveLength(1);
      expect([...records.runs.values()].filter(({ status }) => status === 'running')).toHaveLength(1);
    }),
    { numRuns: 300 }
  );
});

test('of two invocations of one run that write themselves in, the first one gives way, and touches nothing', async () => {
  const records = new MemoryRecordStore();
  const clock = new FakeClock();
  const { id } = records.add({ status: 'requested', runId: 'a' });
  const [first, second] = await Promise.all([records.findRuns({ objectId: id }), records.findRuns({ objectId: id })]);
  const read = records.findRuns.bind(records);
  // The second one writes itself in just before the first one looks.
  records.findRuns = async (query) => {
    records.findRuns = read;
    await records.save([
      Object.assign({ ...second[0] } as RunRecord, { status: 'starting', leaseHolder: 'the second' })
    ]);
    return read(query);
  };

  const blocker = await take(records, { ...first[0] } as RunRecord, clock);

  expect(blocker).toMatchObject({ id, leaseHolder: 'the second' });
  expect(records.runs.get(id)).toMatchObject({ status: 'starting', leaseHolder: 'the second' });
});

test('a look that does not show even the own record is not believed: the platform’s client takes some errors for an empty list', async () => {
  const records = new MemoryRecordStore();
  const clock = new FakeClock();
  records.add({ status: 'running', runId: 'b', leaseExpiresAtMs: clock.now + 100_000 });
  const read = records.findRuns.bind(records);
  let looks = 0;
  records.findRuns = async (query) => (++looks < 3 ? [] : read(query));

  expect(await take(records, Object.assign(records.newRun(), { runId: 'a' }), clock)).toMatchObject({ runId: 'b' });
});

test('a run whose own record is never shown ends with an error, and has not begun', async () => {
  const records = new MemoryRecordStore();
  records.findRuns = () => Promise.resolve([]);

  const attempt = take(records, Object.assign(records.newRun(), { runId: 'a' }), new FakeClock());

  await expect(attempt).rejects.toMatchObject({
    code: 'RECORD_FAILED',
    message: expect.stringContaining('still does not show it')
  });
  expect([...records.runs.values()]).toMatchObject([{ status: 'starting' }]);
});

test('the lease is visible: who holds it, and until when', async () => {
  const records = new MemoryRecordStore();
  const clock = new FakeClock();

  expect(await take(records, Object.assign(records.newRun(), { runId: 'a' }), clock)).toBeUndefined();

  expect([...records.runs.values()]).toMatchObject([
    { status: 'running', leaseHolder: 'holder of a', leaseExpiresAtMs: UNTIL_MS, startedAtMs: clock.now }
  ]);
});

test.each(['running', 'continues'] as const)(
  'a run that is %s keeps others away until its lease ends',
  async (status) => {
    const records = new MemoryRecordStore();
    const clock = new FakeClock();
    const other = records.add({ status, runId: 'b', leaseExpiresAtMs: clock.now + 1 });

    const run = Object.assign(records.newRun(), { runId: 'a' });
    expect(await take(records, run, clock)).toMatchObject({ runId: 'b' });
    await records.save([Object.assign(run, { status: 'refused' })]);
    clock.now += 1;
    expect(await take(records, Object.assign(records.newRun(), { runId: 'c' }), clock)).toBeUndefined();

    expect(records.runs.get(other.id)).toMatchObject({
      status: 'interrupted',
      message: expect.stringContaining('The process ended without reporting.')
    });
  }
);

test.each(['starting', 'running', 'continues'] as const)(
  'a lease that lies further ahead than any run may need keeps nobody away: %s',
  async (status) => {
    const records = new MemoryRecordStore();
    const clock = new FakeClock();
    const longest = MAX_WAIT_MS + HAND_OVER_LEASE_MS;
    const legal = records.add({ status: 'continues', runId: 'b', leaseExpiresAtMs: clock.now + longest });
    const run = Object.assign(records.newRun(), { runId: 'a' });
    expect(await take(records, run, clock)).toMatchObject({ runId: 'b' });
    await records.save([Object.assign(run, { status: 'refused' })]);

    legal.leaseExpiresAtMs = clock.now + 57 * 365 * 86_400_000;
    legal.status = status;

    expect(await take(records, Object.assign(records.newRun(), { runId: 'c' }), clock)).toBeUndefined();
    expect(records.runs.get(legal.id)).toMatchObject({ status: 'interrupted' });
  }
);

test('a rival that crashed while it was starting is waited for, and then no more', async () => {
  const records = new MemoryRecordStore();
  const clock = new FakeClock();
  const run = Object.assign(records.newRun(), { runId: 'a' });
  records.add({ status: 'starting', runId: 'b', leaseExpiresAtMs: clock.now + STARTING_LEASE_MS });

  expect(await take(records, run, clock)).toBeUndefined();

  expect(clock.now).toBeGreaterThanOrEqual(1_000_000 + STARTING_LEASE_MS);
});

test('a run that was handed its lease takes it on without asking for it again', async () => {
  const records = new MemoryRecordStore();
  const clock = new FakeClock();
  const run = records.add({ status: 'continues', runId: 'a', leaseExpiresAtMs: clock.now + 1, startedAtMs: 7 });

  expect(await take(records, { ...run }, clock)).toBeUndefined();

  expect(records.saves).toHaveLength(1);
  expect(records.runs.get(run.id)).toMatchObject({ status: 'running', leaseExpiresAtMs: UNTIL_MS, startedAtMs: 7 });
});
