import type { Check } from './Check';
import { Secret } from './Secret';
import { checkUserIds } from './user-ids';

/** Least characters of `LOCK_USERS_WEB_SECRET`. Ours: nobody guesses 32. */
const MIN_WEB_SECRET_LENGTH = 32;

/** Checks `true` or `false`, in small letters. */
export const checkTrueOrFalse: Check<boolean> = (value, name) =>
  value === 'true' || value === 'false'
    ? { value: value === 'true' }
    : { mistakes: [`${name} must be true or false.`] };

/** Checks `try` or `off`. */
export const checkBatchUnlock: Check<'try' | 'off'> = (value, name) =>
  value === 'try' || value === 'off' ? { value } : { mistakes: [`${name} must be try or off.`] };

/** Checks ids of users, separated by commas. */
export const checkIdList: Check<readonly string[]> = (value, name) => checkUserIds(splitList(String(value)), name);

/** Checks the secret of web requests: printable ASCII without spaces, as a header can carry it. */
export const checkWebSecret: Check<Secret> = (value, name) => {
  const text = String(value);
  return text.length >= MIN_WEB_SECRET_LENGTH && /^[\x21-\x7e]+$/.test(text)
    ? { value: new Secret(text) }
    : { mistakes: [`${name} must have at least ${MIN_WEB_SECRET_LENGTH} characters, without spaces.`] };
};

/** A check of the form of a text. @param expected what it must be, for the sentence */
export function checkPattern<T>(pattern: RegExp, expected: string, read: (text: string) => T): Check<T> {
  return (value, name) =>
    pattern.test(String(value)) ? { value: read(String(value)) } : { mistakes: [`${name} must be ${expected}.`] };
}

/** A check of a number with at most three decimals, from `least` to `most`. */
export function checkNumberBetween(least: number, most: number): Check<number> {
  return (value, name) => {
    const isInRange = /^\d{1,6}(\.\d{1,3})?$/.test(String(value)) && Number(value) >= least && Number(value) <= most;
    return isInRange ? { value: Number(value) } : { mistakes: [`${name} must be a number from ${least} to ${most}.`] };
  };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
