import { describeValue } from './Check';
import type { Check } from './Check';
import { findZoneMistake, TIME, TIME_ZONE } from './lock-window';
import { createWallClock, findNextTime, toMoment } from './zone-time';

const DAY_MS = 86_400_000;

/** Milliseconds that `unlockAt` lies ahead at most. Ours: a long weekend; whoever is out for longer is let in by hand. */
const MAX_AHEAD_MS = 7 * DAY_MS;

/** When people are to be let back in: the next time a clock shows it, or a moment in milliseconds since 1970. */
export type UnlockAt = { readonly minuteOfDay: number; readonly timeZone: string } | { readonly momentMs: number };

const CLOCK_FORM = new RegExp(`^${TIME} ${TIME_ZONE}$`);
const MOMENT_FORM = new RegExp(
  `^(\\d{4})-(\\d\\d)-(\\d\\d)T${TIME}(?::([0-5]\\d)(?:\\.\\d{1,9})?)?(?:Z|([+-])${TIME})$`
);

/** Checks `06:00 Europe/Berlin`, or ISO 8601 with an offset, such as `2026-11-27T06:00:00+01:00`. */
export const checkUnlockAt: Check<UnlockAt> = (value, name) => {
  const clock = typeof value === 'string' ? CLOCK_FORM.exec(value) : null;
  if (clock !== null) {
    const [, hour, minute, timeZone = ''] = clock;
    const unknown = findZoneMistake(timeZone, name);
    if (unknown !== undefined) return { mistakes: [unknown] };
    return { value: { minuteOfDay: Number(hour) * 60 + Number(minute), timeZone } };
  }
  const momentMs = typeof value === 'string' ? parseMoment(value) : undefined;
  if (momentMs !== undefined) return { value: { momentMs } };
  return {
    mistakes: [
      `${name} must be such as "06:00 Europe/Berlin", or ISO 8601 with an offset such as "2026-11-27T06:00:00+01:00", not ${describeValue(value)}.`
    ]
  };
};

/**
 * Checks a moment as the task itself writes it: ISO 8601 with an offset.
 *
 * @returns milliseconds since 1970
 */
export const checkMoment: Check<number> = (value, name) => {
  const momentMs = typeof value === 'string' ? parseMoment(value) : undefined;
  if (momentMs !== undefined) return { value: momentMs };
  return { mistakes: [`${name} must be left out: the task sets it itself, not ${describeValue(value)}.`] };
};

/** The moment that is meant, in milliseconds since 1970. @param nowMs when the run began or was asked for */
export function resolveUnlockAt(unlockAt: UnlockAt, nowMs: number): number {
  return 'momentMs' in unlockAt ? unlockAt.momentMs : findNextTime(unlockAt.minuteOfDay, unlockAt.timeZone, nowMs);
}

/** What is wrong with a moment for letting people in, if anything: it is over, or more than seven days ahead. */
export function findUnlockAtMistake(unlockAtMs: number, nowMs: number): string | undefined {
  if (unlockAtMs <= nowMs) return `"unlockAt" is over: it means ${formatMoment(unlockAtMs)}.`;
  if (unlockAtMs - nowMs <= MAX_AHEAD_MS) return undefined;
  return `"unlockAt" means ${formatMoment(unlockAtMs)}, and may be seven days ahead at most.`;
}

/** A moment as ISO 8601 in UTC, to the second: `2026-11-27T05:00:00Z`. */
export function formatMoment(atMs: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });
  return `${format.format(Math.floor(atMs / 1000) * 1000).replace(' ', 'T')}Z`;
}

/** To the second. Undefined where it is no moment, such as 30 February. */
function parseMoment(text: string): number | undefined {
  const parts = MOMENT_FORM.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', sign, offsetHour = '0', offsetMinute = '0'] = parts;
  const timeOfDayMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  const localMs = toMoment(Number(year), Number(month), Number(day), timeOfDayMs);
  if (!formatMoment(localMs).startsWith(`${year}-${month}-${day}`)) return undefined;
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs;
}

/** A moment as a person reads it: in UTC, and as the clock of the zone shows it where one was named. */
export function describeMoment(atMs: number, unlockAt: UnlockAt | undefined): string {
  if (unlockAt === undefined || 'momentMs' in unlockAt) return formatMoment(atMs);
  const [date = '', time = ''] = formatMoment(createWallClock(unlockAt.timeZone)(atMs)).split('T');
  return `${date} ${time.slice(0, 5)} ${unlockAt.timeZone} (${formatMoment(atMs)})`;
}
