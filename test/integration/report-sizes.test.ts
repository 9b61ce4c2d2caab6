import { RecordingLog, FakePlatform } from '../support/fake-ports';
import { MemoryRecordStore } from '../support/MemoryRecordStore';
import { runOnFake } from '../support/run-on-fake';
import { userId, userIds } from '../support/user-id';
import type { LockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';

const MAX_REPORT_BYTES = 1_000_000;
const MAX_LINE_BYTES = 2000;
const JAPANESE = 'このユーザーは現在ロックできません。管理者に連絡してください。'.repeat(100);

function countBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Runs, and checks the sizes of everything that comes of it. */
async function run(platform: FakePlatform, params: object = {}): Promise<Report> {
  const log = new RecordingLog();
  const records = new MemoryRecordStore();
  platform.records = records;

  const report = await runOnFake(platform, params, {}, log);

  expect(countBytes(report)).toBeLessThan(MAX_REPORT_BYTES);
  const last = log.lines.pop() ?? '';
  expect(Buffer.byteLength(last)).toBeLessThan(MAX_REPORT_BYTES);
  expect(JSON.parse(last)).toMatchObject({ runId: report.runId, counts: report.counts });
  for (const line of log.lines) expect(Buffer.byteLength(line)).toBeLessThan(MAX_LINE_BYTES);
  const [record] = records.runs.values();
  expect(Buffer.byteLength(record?.report ?? '')).toBeLessThan(MAX_REPORT_BYTES);
  expect(Buffer.byteLength(record?.message ?? '')).toBeLessThan(MAX_LINE_BYTES);
  return report;
}

const failAll =
  (detailOf: (id: string) => string, type = 'INVALID') =>
  (operations: readonly LockOperation[]): unknown => ({
    operations: operations.map(({ user_id: id }) => ({ success: false, error: { type, detail: detailOf(id) } }))
  });

test.each<[string, (id: string) => string]>([
  ['the same for all', () => JAPANESE],
  ['another for each', (id) => `${id} ${JAPANESE}`],
  ['of line breaks and quotes', (id) => `${id}${'\n"'.repeat(200)}`]
])('10 000 failures with a long detail, %s, fit in a report that counts the rest', async (_name, detailOf) => {
  const platform = new FakePlatform(userIds(10_000));
  platform.answerBatch = failAll(detailOf);

  const report = await run(platform, { canary: 0 });

  const { failures, failuresOmitted = 0, counts } = report;
  expect(counts).toMatchObject({ planned: 10_000, locked: 0 });
  expect(failures.length).toBeGreaterThan(500);
  expect(failures.length + failuresOmitted).toBe(counts.failed + counts.unconfirmed);
});

test('10 000 users whose sessions turn RESET fit, the alarm is short, and the rest is counted', async () => {
  const ids = userIds(10_000);
  const platform = new FakePlatform(ids);
  for (const id of ids) platform.changeSession(id, 's', {});
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) platform.changeSession(id, 's', { state: 'RESET' });
    return lock(operations);
  };

  const { resetSessions } = await run(platform, { canary: 0 });

  expect(resetSessions?.count).toBe(10_000);
  expect(resetSessions?.userIds.length).toBeGreaterThan(3000);
  expect((resetSessions?.userIds.length ?? 0) + (resetSessions?.userIdsOmitted ?? 0)).toBe(10_000);
});

test('everything at once fits: failures, sessions that turn RESET, and ids of 1 kB', async () => {
  const ids = Array.from({ length: 5000 }, (_, n) => `${n}${'語'.repeat(300)}`);
  const platform = new FakePlatform(ids);
  for (const id of ids) platform.changeSession(id, 's', {});
  const fail = failAll(() => JAPANESE, 'T'.repeat(1000));
  platform.answerBatch = (operations) => {
    for (const { user_id: id } of operations) platform.changeSession(id, 's', { state: 'RESET' });
    return fail(operations);
  };

  const {
    resetSessions,
    failures,
    failuresOmitted = 0,
    counts
  } = await run(platform, { canary: 0, reason: '\n'.repeat(499) + 'x' });

  expect((resetSessions?.userIds.length ?? 0) + (resetSessions?.userIdsOmitted ?? 0)).toBe(5000);
  expect(failures.length + failuresOmitted).toBe(counts.failed + counts.unconfirmed);
});

test('warnings about thousands of ids are short', async () => {
  const unknown = Array.from({ length: 10_000 }, (_, n) => userId(50_000 + n));
  const report = await run(new FakePlatform(userIds(3)), { excludeUserIds: [userId(1), ...unknown] });

  expect(report.warnings).toMatchObject([
    {
      code: 'UNKNOWN_IDS',
      message: expect.stringMatching(/^10000 ids in "excludeUserIds" are not of this deployment: .*, …$/)
    }
  ]);
});
