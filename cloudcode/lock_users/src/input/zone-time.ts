const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Milliseconds by which a zone's clock differs from UTC at most, with a margin: the zones span 26 hours. Ours. */
const MAX_OFFSET_MS = DAY_MS;

/** Milliseconds since 1970 at which a clock in UTC shows a date and a time. @param month from 1 */
export function toMoment(year: number, month: number, day: number, timeOfDayMs: number): number {
  // Years that begin in March, so that the leap day is the last.
  const [marchYear, marchMonth] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const days = marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  // From the first of March of the year 0 to 1970.
  return (days - 719_468) * DAY_MS + timeOfDayMs;
}

/**
 * What a clock on the wall of a time zone shows: the milliseconds since 1970 at which a clock in UTC shows the same.
 *
 * @param timeZone a name of the time zone database, such as `Europe/Berlin`
 * @throws RangeError where there is no such time zone
 */
export function createWallClock(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23'
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const take = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const seconds = (take('hour') * 60 + take('minute')) * 60 + take('second');
    return toMoment(take('year'), take('month'), take('day'), seconds * 1000);
  };
}

/** Minutes since midnight that a wall clock shows. */
export function readMinuteOfDay(wallClock: (atMs: number) => number, atMs: number): number {
  return Math.floor((wallClock(atMs) % DAY_MS) / MINUTE_MS);
}

/**
 * The next moment after `afterMs` at which the clock of a time zone shows a time of day. A time that comes twice on a day, when
 * clocks are set back, counts the first time. One that is left out, when they are set forward, counts as the first moment after.
 *
 * @param minuteOfDay minutes since midnight
 * @returns milliseconds since 1970
 * @throws RangeError where there is no such time zone
 */
export function findNextTime(minuteOfDay: number, timeZone: string, afterMs: number): number {
  const wallClock = createWallClock(timeZone);
  const today = Math.floor(wallClock(afterMs) / DAY_MS);
  // From the day before, because a clock that is set back over midnight shows a day twice.
  for (let day = today - 1; ; day++) {
    const momentMs = findMoment(wallClock, day * DAY_MS + minuteOfDay * MINUTE_MS);
    if (momentMs > afterMs) return momentMs;
  }
}

/** The first moment at which the wall clock shows this time or, where it is left out, a later one. */
function findMoment(wallClock: (atMs: number) => number, wallMs: number): number {
  const guesses = [-MAX_OFFSET_MS, MAX_OFFSET_MS].map((aheadMs) => {
    const nearMs = wallMs + aheadMs;
    return wallMs - (wallClock(nearMs) - nearMs);
  });
  const shown = guesses.filter((guessMs) => wallClock(guessMs) === wallMs);
  if (shown.length > 0) return Math.min(...shown);
  let [beforeMs, untilMs] = [Math.min(...guesses), Math.max(...guesses)];
  while (untilMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + untilMs) / 2);
    if (wallClock(middleMs) < wallMs) beforeMs = middleMs;
    else untilMs = middleMs;
  }
  return untilMs;
}
