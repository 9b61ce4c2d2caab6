import { ChaosPlatform } from '../../tasks/chaos/ChaosPlatform';
import { makeScenario } from '../../tasks/chaos/make-scenario';

test('a run that is cut every 2 seconds locks 20 000 users by continuations alone, each making progress', async () => {
  const platform = new ChaosPlatform({
    ...makeScenario(1),
    ...{ users: 20_000, locked: 0, batchSize: 1000, concurrency: 2, verify: true, maxUsers: false },
    ...{
      budgetMs: 2000,
      pace: { rate: 16, burst: 600 },
      limits: { rate: 20, burst: 1200 },
      latencyMs: 10,
      records: false
    },
    faults: [{ kind: 'delay', ms: 800, route: 'POST batch.json' }]
  });
  platform.startFaults();

  const reports = await platform.trigger();

  // Without a record the first invocation orders the run on the queue.
  expect(reports[0]?.status).toBe('queued');
  const hops = reports.slice(1, -1);
  expect(hops.length).toBeGreaterThanOrEqual(3);
  for (const { status, counts } of hops) {
    expect(status).toBe('continues');
    expect(counts.locked).toBeGreaterThan(0);
  }
  expect(reports.at(-1)).toMatchObject({ status: 'done', hop: reports.length - 1, verified: true });
  const leftAlone = new Set([...platform.protectedIds, ...platform.excludedIds]);
  expect(platform.emulator.summarize().lockedUsers).toBe(20_000 - leftAlone.size);
  expect(platform.emulator.violations()).toEqual([]);
});
