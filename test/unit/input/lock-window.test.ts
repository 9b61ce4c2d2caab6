import { checkWindow, isWithin } from '../../../cloudcode/lock_users/src/input/lock-window';
import type { LockWindow } from '../../../cloudcode/lock_users/src/input/lock-window';
import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';

function windowOf(text: string): LockWindow {
  const checked = checkWindow(text, 'WINDOW');
  if ('value' in checked) return checked.value;
  throw new Error(checked.mistakes.join());
}

test.each<[string, string, boolean]>([
  // In winter Berlin is an hour ahead of UTC, in summer two.
  ['21:00-23:30 Europe/Berlin', '2026-01-15T19:59:59Z', false],
  ['21:00-23:30 Europe/Berlin', '2026-01-15T20:00:00Z', true],
  ['21:00-23:30 Europe/Berlin', '2026-01-15T22:29:59Z', true],
  ['21:00-23:30 Europe/Berlin', '2026-01-15T22:30:00Z', false],
  ['21:00-23:30 Europe/Berlin', '2026-07-15T19:00:00Z', true],
  ['21:00-23:30 Europe/Berlin', '2026-07-15T21:30:00Z', false],
  ['21:00-23:30 Europe/Berlin', '2026-01-16T07:00:00Z', false],
  // Over midnight.
  ['22:00-02:00 Africa/Johannesburg', '2026-03-01T19:59:00Z', false],
  ['22:00-02:00 Africa/Johannesburg', '2026-03-01T20:00:00Z', true],
  ['22:00-02:00 Africa/Johannesburg', '2026-03-01T22:00:00Z', true],
  ['22:00-02:00 Africa/Johannesburg', '2026-03-01T23:59:00Z', true],
  ['22:00-02:00 Africa/Johannesburg', '2026-03-02T00:00:00Z', false],
  ['00:00-00:30 UTC', '2026-03-02T00:00:00Z', true],
  ['23:00-00:00 UTC', '2026-03-02T00:00:00Z', false],
  // The hour from 2 to 3 that comes twice, and the one that is left out.
  ['02:00-03:00 Europe/Berlin', '2026-10-24T23:59:00Z', false],
  ['02:00-03:00 Europe/Berlin', '2026-10-25T00:00:00Z', true],
  ['02:00-03:00 Europe/Berlin', '2026-10-25T01:59:00Z', true],
  ['02:00-03:00 Europe/Berlin', '2026-10-25T02:00:00Z', false],
  ['02:00-03:00 Europe/Berlin', '2026-03-29T00:59:00Z', false],
  ['02:00-03:00 Europe/Berlin', '2026-03-29T01:00:00Z', false],
  ['01:30-03:30 Europe/Berlin', '2026-03-29T01:29:00Z', true],
  ['01:30-03:30 Europe/Berlin', '2026-03-29T01:30:00Z', false],
  ['12:00-12:45 Asia/Kathmandu', '2026-03-01T06:15:00Z', true]
])('whether %s is open at %s: %s', (window, at, isOpen) => {
  expect(isWithin(windowOf(window), Date.parse(at))).toBe(isOpen);
});

test.each<[unknown, string]>([
  ['21:00-23:30', 'WINDOW must be such as "21:00-23:30 Europe/Berlin", not "21:00-23:30".'],
  ['9:00-23:30 UTC', 'must be such as'],
  ['21:00-24:00 UTC', 'must be such as'],
  ['21:00 - 23:30 UTC', 'must be such as'],
  ['21:60-23:30 UTC', 'must be such as'],
  [2100, 'must be such as'],
  ['21:00-21:00 UTC', 'WINDOW begins and ends at the same time.'],
  ['21:00-23:30 Europe/Berln', 'WINDOW has an unknown time zone, "Europe/Berln".']
])('%j is no window', (value, sentence) => {
  expect(checkWindow(value, 'WINDOW')).toEqual({ mistakes: [expect.stringContaining(sentence)] });
});

test.each(['unlock', 'reauthenticate'])('a window does not go with %s', (action) => {
  expect(() => parseParameters({ action, window: '21:00-23:30 UTC' })).toThrow('"window" goes with "lock"');
});
