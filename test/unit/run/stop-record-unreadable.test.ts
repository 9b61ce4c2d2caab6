import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { FakePlatform } from '../../support/fake-ports';
import { RecordingLog } from '../../support/fake-ports';
import type { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { SMALL, StopFixture } from '../../support/StopFixture';

let fixture: StopFixture;
let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  fixture = new StopFixture();
  ({ platform, records } = fixture);
});

test('where the record cannot be read nothing leaves until it can be', async () => {
  const stopped = fixture.stopDuring(2, 4000);
  const find = records.findRuns.bind(records);
  const failingUntilMs = platform.clock.now + 60_000;
  records.findRuns = (query) =>
    'runId' in query && platform.clock.now < failingUntilMs
      ? Promise.reject(backendError('BACKEND_UNAVAILABLE', 'Down.', { status: 503 }))
      : find(query);
  const sentAtMs: number[] = [];
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    sentAtMs.push(platform.clock.now);
    return lock(operations);
  };

  const report = await runOnFake(platform, SMALL);

  expect(report.status).toBe('stopped');
  expect(Math.max(...sentAtMs)).toBeLessThanOrEqual(stopped.stoppedAtMs + 10_000);
});

test('a run whose record somebody has deleted goes on', async () => {
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.clock.now += 4000;
    records.runs.clear();
    return lock(operations);
  };

  expect(await runOnFake(platform, SMALL)).toMatchObject({ status: 'done', counts: { locked: 40 } });
});

test('a run whose record cannot be read for good goes on, and the log says so', async () => {
  fixture.stopDuring(1, 6000);
  const find = records.findRuns.bind(records);
  records.findRuns = (query) =>
    'runId' in query ? Promise.reject(backendError('BACKEND_REJECTED', 'No.', { status: 400 })) : find(query);
  const log = new RecordingLog();

  const report = await runOnFake(platform, SMALL, {}, log);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 40 } });
  expect(log.lines).toContain('Whether this run is to stop cannot be read; it goes on. No.');
});
