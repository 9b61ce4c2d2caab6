import { ChaosPlatform } from '../../tasks/chaos/ChaosPlatform';
import { makeScenario } from '../../tasks/chaos/make-scenario';

test('a run that is cut every 2 seconds locks 2000 users by continuations alone, each making progress', async () => {
  const platform = new ChaosPlatform({
    ...makeScenario(1, { evidence: false, time: false }),
    users: 2000,
    locked: 0,
    batchSize: 100,
    concurrency: 2,
    verify: true,
    maxUsers: false,
    budgetMs: 2000,
    pace: { rate: 16, burst: 600 },
    limits: { rate: 20, burst: 1200 },
    latencyMs: 10,
    records: false,
    faults: [{ kind: 'delay', ms: 800, route: 'POST batch.json' }]
  });
  platform.startFaults();

  const { excludedIds: excludeUserIds } = platform;
  const reports = await platform.trigger({ batchSize: 100, concurrency: 2, excludeUserIds });

  const invocations = reports.slice(0, -1);
  expect(invocations.length).toBeGreaterThanOrEqual(3);
  for (const { status, counts } of invocations) {
    expect(status).toBe('continues');
    expect(counts.locked).toBeGreaterThan(0);
  }
  expect(reports.at(-1)).toMatchObject({ status: 'done', invocation: reports.length, verified: true });
  const leftAlone = new Set([...platform.protectedIds, ...platform.excludedIds]);
  expect(platform.emulator.summarize().lockedUsers).toBe(2000 - leftAlone.size);
  expect(platform.emulator.violations()).toEqual([]);
});

test('unlocking 5500 users at the default pace outlasts one invocation, and continuation carries it to the end', async () => {
  const platform = new ChaosPlatform({
    ...makeScenario(1, { evidence: false, time: false }),
    users: 5500,
    locked: 5500,
    twoDevices: 0,
    faults: [],
    records: true,
    latencyMs: 40,
    budgetMs: 270_000,
    pace: { rate: 16, burst: 600 },
    limits: { rate: 20, burst: 1200 },
    concurrency: 16
  });
  const startedAtMs = platform.clock.nowMs();

  const reports = await platform.trigger({ action: 'unlock' });

  expect(reports.map(({ status }) => status)).toEqual(['continues', 'done']);
  expect(reports.map(({ counts }) => counts.unlocked).reduce((sum = 0, count = 0) => sum + count)).toBe(5500);
  expect(reports.at(-1)).toMatchObject({ invocation: 2, verified: true, counts: { selected: 5500 } });
  expect(platform.emulator.summarize().lockedUsers).toBe(0);
  // As many requests, less the burst, at 16 a second.
  expect((platform.clock.nowMs() - startedAtMs) / 1000).toBeGreaterThan((5500 - 600) / 16);
  expect((platform.clock.nowMs() - startedAtMs) / 1000).toBeLessThan(340);
  expect(platform.emulator.violations()).toEqual([]);
});
