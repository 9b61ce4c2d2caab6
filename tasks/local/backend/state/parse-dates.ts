/**
 * A date, and a time where there is one, by the forms of ISO 8601 with calendar dates: `2026-02-27`, `20260227T140053Z`,
 * `2026-02-27T15:00:53.9+01:00`. Week and ordinal dates are not read.
 */
const ISO_8601 =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * The day of a text in ISO 8601, as the API shows it: `YYYY-MM-DD`. A time and a zone are dropped (documented, "Field
 * representation"). Undefined where the text is none.
 */
export function parseDate(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = ISO_8601.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const timeMs = Date.parse(date);
  // 30 February would be a day in March.
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date) ? date : undefined;
}

/**
 * The time of a text in ISO 8601, as the API shows it: `YYYY-MM-DDTHH:MM:SSZ` (documented, "Field representation"). A part of
 * a second is dropped, as the vendor's client does when it compares; a time without a zone is taken for UTC (both assumed of
 * the server). Undefined where the text is none.
 */
export function parseDateTime(text: string): string | undefined {
  const date = parseDate(text);
  const [, , , , hours = '00', minutes = '00', seconds = '00', zone = 'Z'] = ISO_8601.exec(text) ?? [];
  if (date === undefined) return undefined;
  const [, sign, zoneHours, zoneMinutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === undefined ? 'Z' : `${sign}${zoneHours}:${zoneMinutes}`;
  const timeMs = Date.parse(`${date}T${hours}:${minutes}:${seconds}${offset}`);
  return Number.isNaN(timeMs) ? undefined : formatDateTime(timeMs);
}

/** A time as the API writes it: ISO 8601, UTC, whole seconds. */
export function formatDateTime(timeMs: number): string {
  // It always has three digits of a second.
  return `${new Date(timeMs).toISOString().slice(0, -'.000Z'.length)}Z`;
}
