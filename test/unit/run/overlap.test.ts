import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

/** Notes what happens when: reads of pages, and batches. */
function record(platform: FakePlatform): string[] {
  const events: string[] = [];
  const [readIds, readStates, lock] = [
    platform.readUserIds.bind(platform),
    platform.readUserStates.bind(platform),
    platform.answerBatch
  ];
  platform.readUserIds = (...args) => {
    events.push('read');
    return readIds(...args);
  };
  platform.readUserStates = (...args) => {
    events.push('read');
    return readStates(...args);
  };
  platform.answerBatch = (operations) => {
    events.push('batch');
    return lock(operations);
  };
  return events;
}

test('without a limit the first batch leaves before the last page is read', async () => {
  const platform = new FakePlatform(userIds(50));
  platform.pageSize = 5;
  const events = record(platform);

  const report = await runOnFake(platform, { batchSize: 5, verify: false });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 50 } });
  expect(events.indexOf('batch')).toBeLessThan(events.length / 2);
  expect(events.indexOf('batch')).toBeLessThan(events.lastIndexOf('read'));
});

test.each([
  ['a parameter', { maxUsers: 50 }, {}],
  ['a variable', {}, { maxUsers: 50 }]
])('with a limit from %s nothing leaves before everybody is counted', async (_name, params, settings) => {
  const platform = new FakePlatform(userIds(50));
  platform.pageSize = 5;
  const events = record(platform);

  const report = await runOnFake(platform, { canary: 0, batchSize: 5, verify: false, ...params }, settings);

  expect(report).toMatchObject({ status: 'done', counts: { locked: 50 } });
  expect(events.indexOf('batch')).toBeGreaterThan(events.lastIndexOf('read'));
});

test.each([1, 3, 32])(
  'with concurrency %i never more batches are in flight, and at one time so many are',
  async (concurrency) => {
    const platform = new FakePlatform(userIds(200));
    const lock = platform.answerBatch;
    let [inFlight, most] = [0, 0];
    platform.answerBatch = async (operations) => {
      most = Math.max(most, ++inFlight);
      for (let n = 0; n < 100; n++) await Promise.resolve();
      inFlight--;
      return lock(operations);
    };

    await runOnFake(platform, { batchSize: 1, concurrency });

    expect(most).toBe(concurrency);
  }
);

test('reads and batches leave at the pace that is set', async () => {
  const platform = new FakePlatform(userIds(20));
  platform.records = undefined;
  platform.hasQueue = false;

  const report = await runOnFake(platform, { canary: 0, batchSize: 1 }, { pace: { rate: 2, burst: 3 } });

  expect(report.requests.total).toBe(25);
  // The first three at once, the others each half a second after the one before.
  expect(report.durationMs).toBe(11_000);
});
