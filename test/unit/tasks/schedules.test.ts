import type { Schedule } from '../../../tasks/shared/settings/Settings';
import { nextTimes, Schedules } from '../../../tasks/local/runtime/Schedules';
import { VirtualClock } from '../../../tasks/shared/VirtualClock';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Ten days of each zone: the fourth of them has 23 or 25 hours, or half an hour more or less. */
const PERIODS: [string, string][] = [
  ['Europe/Berlin', '2026-03-26T00:00:00Z'],
  ['Europe/Berlin', '2026-10-22T00:00:00Z'],
  ['America/New_York', '2027-03-11T00:00:00Z'],
  ['America/New_York', '2026-10-29T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-01T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-02T00:00:00Z']
];
const CRONS = ['0 22 * * *', '30 1 * * *', '0 2 * * *', '15 2 * * *', '30 2 * * *', '59 2 * * *', '0 3 * * *'];

/** Runs schedules from one time to another, a minute at a time; returns when each fired. */
async function play(schedules: Schedule[], fromMs: number, untilMs: number, stepMs = 60_000): Promise<number[]> {
  const clock = new VirtualClock(1000);
  const abort = new AbortController();
  const fired: number[] = [];
  await clock.advanceTo(fromMs);
  const onDue = (_: Schedule, dueMs: number): void => {
    expect(clock.nowMs()).toBeGreaterThanOrEqual(dueMs);
    fired.push(clock.nowMs());
  };
  const ended = new Schedules({ schedules, clock, onDue, signal: abort.signal }).start();
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += stepMs) await clock.advanceTo(nowMs);
  abort.abort();
  await ended;
  return fired;
}

function toDay(timeMs: number, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(timeMs);
}

test.each(PERIODS)('in %s from %s on a nightly schedule runs once on each of ten days', async (timezone, from) => {
  for (const cron of CRONS) {
    const schedule = { task: 't', cron, timezone };
    const [fromMs] = nextTimes({ ...schedule, cron: '0 12 * * *' }, Date.parse(from), 1);
    if (fromMs === undefined) throw new Error('There is no noon.');

    const fired = await play([schedule], fromMs, fromMs + 10 * DAY_MS, 15 * 60_000);

    const days = fired.map((timeMs) => toDay(timeMs, timezone));
    expect({ cron, days: new Set(days).size, runs: fired.length }).toEqual({ cron, days: 10, runs: 10 });
  }
});

test.each([
  ['into the gap comes at its end', '30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
  ['twice comes the first time', '30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z']
])('a time that falls %s', (_name, cron, after, expected) => {
  const [next] = nextTimes({ task: 't', cron, timezone: 'Europe/Berlin' }, Date.parse(after), 1);

  expect(new Date(next ?? 0).toISOString()).toBe(expected);
});

test('what fires are the next times, each at its time', async () => {
  const schedule = { task: 't', cron: '*/7 8-10 * * *', timezone: 'Europe/Berlin' };
  const fromMs = Date.parse('2026-11-24T00:00:00Z');

  expect(await play([schedule], fromMs, fromMs + DAY_MS)).toEqual(nextTimes(schedule, fromMs, 27));
});

test('several schedules fire side by side', async () => {
  const at = (cron: string): Schedule => ({ task: 't', cron, timezone: 'UTC' });
  const fromMs = Date.parse('2026-11-24T00:00:00Z');

  expect(await play([at('0 1 * * *'), at('0 2 * * *')], fromMs, fromMs + DAY_MS)).toEqual([
    fromMs + DAY_MS / 24,
    fromMs + DAY_MS / 12
  ]);
});

test('times that passed while the machine slept are made up for once', async () => {
  const fromMs = Date.parse('2026-11-24T00:00:00Z');

  const fired = await play(
    [{ task: 't', cron: '0 * * * *', timezone: 'UTC' }],
    fromMs,
    fromMs + DAY_MS / 2,
    DAY_MS / 2
  );

  expect(fired).toEqual([fromMs + DAY_MS / 2]);
});

/** A schedule at ten past each hour on a clock that can be set, as a machine's is after sleep, while its timers run on. */
class SetClock {
  readonly timers = new VirtualClock(0);
  readonly firedAt: string[] = [];
  private offsetMs: number;
  private readonly abort = new AbortController();

  constructor(start: string) {
    this.offsetMs = Date.parse(start);
    const clock = {
      nowMs: () => this.nowMs(),
      sleep: (ms: number, signal?: AbortSignal) => this.timers.sleep(ms, signal)
    };
    const schedules = [{ task: 't', cron: '10 * * * *', timezone: 'UTC' }];
    const onDue = (): void => void this.firedAt.push(new Date(this.nowMs()).toISOString());
    void new Schedules({ schedules, clock, onDue, signal: this.abort.signal }).start();
  }

  set(time: string): void {
    this.offsetMs = Date.parse(time) - this.timers.nowMs();
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.timers.nowMs() + ms;
    for (let nowMs = this.timers.nowMs(); nowMs <= untilMs; nowMs += 1000) await this.timers.advanceTo(nowMs);
  }

  end(): void {
    this.abort.abort();
  }

  private nowMs(): number {
    return this.timers.nowMs() + this.offsetMs;
  }
}

describe('on a clock that is set while the timers run on', () => {
  let clock: SetClock;
  beforeEach(async () => {
    clock = new SetClock('2026-11-24T08:00:00Z');
    await clock.pass(1000);
  });
  afterEach(() => clock.end());

  test('what is due after a jump forward fires within a minute, once', async () => {
    clock.set('2026-11-24T13:20:00Z');
    await clock.pass(300_000);

    expect(clock.firedAt).toHaveLength(1);
    expect(clock.firedAt[0]).toMatch(/^2026-11-24T13:20:/);
  });

  test('what was fired does not fire again after a jump back by an hour', async () => {
    await clock.pass(660_000);
    clock.set('2026-11-24T07:30:00Z');
    await clock.pass(5_400_000);

    expect(clock.firedAt).toEqual(['2026-11-24T08:10:00.000Z']);
    await clock.pass(660_000);
    expect(clock.firedAt.slice(1)).toEqual(['2026-11-24T09:10:00.000Z']);
  });

  test('a clock that was wrong by years and is put right fires what is due then', async () => {
    clock.set('2031-01-01T00:00:00Z');
    await clock.pass(60_000);
    clock.set('2026-11-24T09:00:00Z');
    await clock.pass(660_000);

    expect(clock.firedAt).toEqual([expect.stringMatching(/^2031-/), '2026-11-24T09:10:00.000Z']);
  });
});

test.each([
  ['six fields', '0 0 2 * * *', 'UTC'],
  ['no cron at all', 'at night', 'UTC'],
  ['a day that never comes', '0 0 30 2 *', 'UTC'],
  ['an unknown time zone', '0 2 * * *', 'Europe/Atlantis']
])('%s cannot be used', (_name, cron, timezone) => {
  expect(() => nextTimes({ task: 't', cron, timezone }, 0, 1)).toThrow();
});
