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

test.each([
  ['six fields', '0 0 2 * * *', 'UTC'],
  ['no cron at all', 'at night', 'UTC'],
  ['a day that never comes', '0 0 30 2 *', 'UTC'],
  ['an unknown time zone', '0 2 * * *', 'Europe/Atlantis']
])('%s cannot be used', (_name, cron, timezone) => {
  expect(() => nextTimes({ task: 't', cron, timezone }, 0, 1)).toThrow();
});
