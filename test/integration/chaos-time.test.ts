import { ChaosPlatform } from '../../tasks/chaos/ChaosPlatform';
import { checkDuration, checkLeases, checkOrder } from '../../tasks/chaos/check-time';
import { makeScenario } from '../../tasks/chaos/make-scenario';

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);

test('a seed draws the same deployment, run and faults with and without trouble about time', () => {
  for (const seed of SEEDS) {
    const { time, ...rest } = makeScenario(seed, { time: true });

    expect(rest).toEqual(makeScenario(seed, { time: false }));
    expect(time).toBeDefined();
  }
});

test('every trouble about time is drawn by some seed', () => {
  const drawn = SEEDS.map((seed) => makeScenario(seed, { time: true }).time);

  expect(new Set(drawn.map((time) => time?.order)).size).toBe(5);
  expect(new Set(drawn.map((time) => time?.saves.delayMs)).size).toBe(4);
  expect(new Set(drawn.map((time) => time?.jump.byMs)).size).toBe(5);
  expect(new Set(drawn.flatMap((time) => time?.retryAfter)).size).toBe(14);
  expect(new Set(drawn.map((time) => time?.hostileTexts)).size).toBe(2);
  expect(drawn.map((time) => time?.budgetMs)).toEqual(expect.arrayContaining([1000, 275_000]));
});

test('what takes too long, and what lies too far ahead, is found', async () => {
  const scenario = {
    ...makeScenario(1, { evidence: false, time: false }),
    action: 'lock' as const,
    faults: [],
    records: true,
    users: 60,
    locked: 5
  };
  const platform = new ChaosPlatform(scenario);
  await platform.trigger({});
  const { emulator, clock } = platform;
  const nowMs = clock.nowMs();

  expect([
    checkDuration(290_000),
    checkLeases(emulator, 0, nowMs),
    checkOrder(emulator, 50_000, 50_000, nowMs)
  ]).toEqual([[], [], []]);
  expect(checkDuration(290_001)).toEqual(['An invocation took 290001 ms.']);
  expect(checkOrder(emulator, 50_001, 50_000, nowMs)).toEqual(['An order lies 50001 ms ahead; 50000 are explained.']);
  expect(checkOrder(emulator, 3_600_001, 86_400_000, nowMs)).toHaveLength(1);

  const [record] = emulator.state.store('lock_run').all();
  record?.values.set('lease_expires_at', new Date(nowMs + 700_000).toISOString());
  expect(checkLeases(emulator, 100_000, nowMs)).toEqual([]);
  expect(checkLeases(emulator, 99_000, nowMs)).toEqual(['A lease lies 700000 ms ahead; 699000 are explained.']);
});
