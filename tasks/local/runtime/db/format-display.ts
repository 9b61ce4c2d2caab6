import { Day } from './Day';
import type { FieldDescription } from './DataModel';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/**
 * The text that a display format such as `{title} ({depot.name})` makes; `null` as text where part of it is not known yet.
 *
 * @param read gives the text for what stands between the braces, or undefined
 */
export function formatDisplay(display: string, read: (path: string) => string | undefined): string {
  let isKnown = true;
  const text = display.replace(/\{\{|\{([^}:]*)(?::[^}]*)?\}/g, (all, path?: string) => {
    const part = path === undefined ? all.slice(1) : read(path.trim());
    if (part === undefined) isKnown = false;
    return part ?? '';
  });
  return isKnown ? text : 'null';
}

/** A field's value as the vendor's library shows it: choices by their text, times in this machine's time zone. */
export function formatValue({ type, options = [] }: FieldDescription, value: unknown): string {
  if (value === null || value === undefined) return '';
  const showOption = (key: unknown): string =>
    options.find((option) => String(option.key) === String(key))?.display ?? '< invalid value >';
  if (type.startsWith('multiple-choice')) return Array.isArray(value) ? value.map(showOption).join(', ') : '';
  if (type.startsWith('single-choice')) return showOption(value);
  if (type === 'boolean') return options.length > 0 ? showOption(value) : value === true ? 'Yes' : 'No';
  if (type === 'number') return formatNumber(Number(value));
  if (value instanceof Day) return `${MONTHS[value.getMonth()]} ${value.getDay()} ${value.getYear()}`;
  if (!(value instanceof Date)) return String(value);
  const hours = value.getHours();
  const time = `${hours % 12 || 12}:${String(value.getMinutes()).padStart(2, '0')} ${hours < 12 ? 'AM' : 'PM'}`;
  return `${MONTHS[value.getMonth()]} ${value.getDate()} ${value.getFullYear()} ${time}`;
}

/** At least one decimal, at most six. */
function formatNumber(value: number): string {
  const [text, sixDecimals] = [String(value), value.toFixed(6)];
  if (text.length >= sixDecimals.length) return sixDecimals;
  return Number.isInteger(value) ? value.toFixed(1) : text;
}
