import { describeValue } from './Check';
import type { Check } from './Check';
import { createWallClock, readMinuteOfDay } from './zone-time';

/** When a lock run may begin: from one time of day to another, by the clock of a time zone. */
export interface LockWindow {
  /** As it was written. */
  readonly text: string;
  /** Minutes since midnight, from 0; the window ends before `toMinute`. Where that is earlier, on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** A name of the time zone database, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** A time of day, for a regular expression: hour and minute. */
export const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';

/** The name of a time zone, for a regular expression. */
export const TIME_ZONE = '([A-Za-z][\\w+/-]*)';

const FORM = new RegExp(`^${TIME}-${TIME} ${TIME_ZONE}$`);

/** Checks a window such as `21:00-23:30 Europe/Berlin`. */
export const checkWindow: Check<LockWindow> = (value, name) => {
  const parts = typeof value === 'string' ? FORM.exec(value) : null;
  if (typeof value !== 'string' || parts === null) {
    return { mistakes: [`${name} must be such as "21:00-23:30 Europe/Berlin", not ${describeValue(value)}.`] };
  }
  const [, fromHour, fromMinute, toHour, toMinute, timeZone = ''] = parts;
  const window = {
    text: value,
    fromMinute: Number(fromHour) * 60 + Number(fromMinute),
    toMinute: Number(toHour) * 60 + Number(toMinute),
    timeZone
  };
  if (window.fromMinute === window.toMinute) return { mistakes: [`${name} begins and ends at the same time.`] };
  const unknown = findZoneMistake(timeZone, name);
  return unknown === undefined ? { value: window } : { mistakes: [unknown] };
};

/** Whether the clock of the time zone shows a time in the window at a moment, in milliseconds since 1970. */
export function isWithin({ fromMinute, toMinute, timeZone }: LockWindow, atMs: number): boolean {
  const minute = readMinuteOfDay(createWallClock(timeZone), atMs);
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** The time of day that the clock of the window's time zone shows at a moment, such as `17:07`. */
export function showTime({ timeZone }: LockWindow, atMs: number): string {
  const minute = readMinuteOfDay(createWallClock(timeZone), atMs);
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** That there is no such time zone, if so. */
export function findZoneMistake(timeZone: string, name: string): string | undefined {
  try {
    createWallClock(timeZone);
    return undefined;
  } catch {
    return `${name} has an unknown time zone, ${describeValue(timeZone)}. Write it such as Europe/Berlin.`;
  }
}
