import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import {
  checkUnlockAt,
  findUnlockAtMistake,
  formatMoment,
  resolveUnlockAt
} from '../../../cloudcode/lock_users/src/input/unlock-at';
import { findNextTime } from '../../../cloudcode/lock_users/src/input/zone-time';

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Africa/Casablanca',
  'America/St_Johns',
  'Asia/Tehran',
  'UTC'
];

function resolve(text: string, now: string): string {
  const checked = checkUnlockAt(text, '"unlockAt"');
  if ('mistakes' in checked) throw new Error(checked.mistakes.join());
  return formatMoment(resolveUnlockAt(checked.value, Date.parse(now)));
}

/** The same by another library: the first moment of each day at which the clock shows the time, or the first after a gap. */
function findNextByTemporal(minuteOfDay: number, timeZone: string, afterMs: number): number {
  const time = { hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 };
  const today = Temporal.Instant.fromEpochMilliseconds(afterMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const moments = [-1, 0, 1, 2].map((days) => {
    const wanted = today.add({ days }).toPlainDateTime(time);
    const earlier = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    if (earlier.toPlainDateTime().equals(wanted)) return earlier.epochMilliseconds;
    return earlier.getTimeZoneTransition('next')?.epochMilliseconds ?? NaN;
  });
  return Math.min(...moments.filter((momentMs) => momentMs > afterMs));
}

test('the next time of day is the one that an independent library finds, in any zone on any day', () => {
  const anyMoment = fc.integer({ min: Date.UTC(2012, 0, 1) / 1000, max: Date.UTC(2037, 0, 1) / 1000 });
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 1439 }), anyMoment, (zone, minute, second) => {
      expect(findNextTime(minute, zone, second * 1000)).toBe(findNextByTemporal(minute, zone, second * 1000));
    }),
    { numRuns: 100 }
  );
});

test('nor does it differ in the hours around a change of the clocks', () => {
  const changes = ZONES.flatMap((zone) => {
    const start = Temporal.Instant.from('2016-01-01T00:00:00Z').toZonedDateTimeISO(zone);
    const change = start.getTimeZoneTransition('next');
    const after = change?.getTimeZoneTransition('next');
    return [change, after].flatMap((found) => (found ? [[zone, found.epochMilliseconds] as const] : []));
  });
  expect(changes.length).toBeGreaterThan(10);
  const near = fc.integer({ min: -3 * 3600, max: 3 * 3600 });
  fc.assert(
    fc.property(fc.constantFrom(...changes), near, near, ([zone, changeMs], wantedBy, nowBy) => {
      const wanted = Temporal.Instant.fromEpochMilliseconds(changeMs + wantedBy * 1000).toZonedDateTimeISO(zone);
      const minute = wanted.hour * 60 + wanted.minute;
      const nowMs = changeMs + nowBy * 1000;
      expect(findNextTime(minute, zone, nowMs)).toBe(findNextByTemporal(minute, zone, nowMs));
    }),
    { numRuns: 100 }
  );
});

test.each([
  ['06:00 Europe/Berlin', '2026-07-01T20:00:00Z', '2026-07-02T04:00:00Z'],
  ['06:00 Europe/Berlin', '2026-12-01T20:00:00Z', '2026-12-02T05:00:00Z'],
  // On the night when clocks change, in either direction.
  ['06:00 Europe/Berlin', '2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z'],
  ['06:00 Europe/Berlin', '2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z'],
  // The time that is left out, and the one that comes twice.
  ['02:30 Europe/Berlin', '2026-03-28T21:00:00Z', '2026-03-29T01:00:00Z'],
  ['02:30 Europe/Berlin', '2026-10-24T20:00:00Z', '2026-10-25T00:30:00Z'],
  ['02:30 Europe/Berlin', '2026-10-25T00:45:00Z', '2026-10-26T01:30:00Z'],
  // Now is not the next time.
  ['06:00 UTC', '2026-07-01T06:00:00Z', '2026-07-02T06:00:00Z'],
  ['2026-11-27T06:00:00+01:00', '2026-07-01T06:00:00Z', '2026-11-27T05:00:00Z'],
  ['2026-11-27T06:00-03:30', '2026-07-01T06:00:00Z', '2026-11-27T09:30:00Z'],
  ['2028-02-29T23:59:59.999Z', '2026-07-01T06:00:00Z', '2028-02-29T23:59:59Z']
])('%s, asked for at %s, is %s', (text, now, moment) => {
  expect(resolve(text, now)).toBe(moment);
});

test.each([
  '06:00',
  '6:00 Europe/Berlin',
  '24:00 Europe/Berlin',
  '06:00 Europe/Bielefeld',
  '2026-11-27T06:00:00',
  '2026-02-29T06:00:00Z',
  '2026-13-01T06:00:00Z',
  '2026-11-27',
  'tomorrow',
  '',
  6,
  null
])('%j is no time to unlock at', (value) => {
  expect(checkUnlockAt(value, '"unlockAt"')).toEqual({ mistakes: [expect.stringContaining('"unlockAt"')] });
});

test('a moment that is over, or more than seven days ahead, is a mistake', () => {
  const [nowMs, dayMs] = [Date.UTC(2026, 6, 1), 86_400_000];

  expect(findUnlockAtMistake(nowMs, nowMs)).toBe('"unlockAt" is over: it means 2026-07-01T00:00:00Z.');
  expect(findUnlockAtMistake(nowMs + 1000, nowMs)).toBeUndefined();
  expect(findUnlockAtMistake(nowMs + 7 * dayMs, nowMs)).toBeUndefined();
  expect(findUnlockAtMistake(nowMs + 7 * dayMs + 1000, nowMs)).toContain('seven days ahead at most');
});
