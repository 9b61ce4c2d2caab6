import { parseRetryAfter } from '../../../cloudcode/lock_users/src/platform/parse-retry-after';

const NOW_MS = Date.UTC(2026, 0, 2, 10, 0, 0);
const DATE = 'Fri, 02 Jan 2026 09:00:00 GMT';

test.each<[string, number]>([
  ['0', 0],
  ['7', 7000],
  [' 7 ', 7000],
  ['0.249', 249],
  ['86400', 86_400_000],
  ['Fri, 02 Jan 2026 10:00:30 GMT', 30_000],
  ['Friday, 02-Jan-26 10:00:30 GMT', 30_000],
  ['Fri Jan  2 10:00:30 2026', 30_000],
  ['Fri, 02 Jan 2026 09:59:00 GMT', 0]
])('"%s" asks for %i ms', (header, waitMs) => {
  expect(parseRetryAfter(header, null, NOW_MS)).toBe(waitMs);
});

test('a date is counted from the server’s own', () => {
  expect(parseRetryAfter('Fri, 02 Jan 2026 09:00:30 GMT', DATE, NOW_MS)).toBe(30_000);
  expect(parseRetryAfter('Fri, 02 Jan 2026 10:00:30 GMT', 'yesterday', NOW_MS)).toBe(30_000);
});

test.each([
  ['a day old', 'Thu, 01 Jan 2026 10:00:00 GMT'],
  ['two hours old', 'Fri, 02 Jan 2026 08:00:00 GMT'],
  ['a day ahead', 'Sat, 03 Jan 2026 10:00:00 GMT']
])('a date is counted from our clock where the server’s own is %s', (_name, date) => {
  expect(parseRetryAfter('Fri, 02 Jan 2026 10:00:30 GMT', date, NOW_MS)).toBe(30_000);
});

test('a date is counted from the server’s own where neither clock explains it', () => {
  expect(parseRetryAfter('Fri, 02 Jan 2026 12:00:00 GMT', DATE, NOW_MS)).toBe(10_800_000);
  expect(parseRetryAfter('Fri, 02 Jan 2026 08:00:00 GMT', DATE, NOW_MS)).toBe(0);
});

test.each([
  ...['', ' ', '-1', '+7', '"7"', "'7'", '7, 8', '7;8', '7s', '7 seconds', '.5', '7.', '1e3', '1e21', '0x10', '٧'],
  ...['Infinity', 'NaN', 'soon', 'null', '{"seconds": 7}', '7\u0000', '999999999999999999999'],
  ...[String(Math.floor(NOW_MS / 1000) + 7), String(NOW_MS + 7000), '86400.001'],
  ...['Fri, 31 Dec 9999 23:59:59 GMT', 'Sat, 10 Jan 2026 10:00:00 GMT', '2026-01-02T10:00:30Z', 'Jan 2 2026'],
  ...['Fri, 02 Jan 2026 10:00:30 +0200', 'Fri, 02 Jan 2026 10:00:30', 'Fri, 99 Jan 2026 10:00:30 GMT']
])('%j counts as absent', (header) => {
  expect(parseRetryAfter(header, null, NOW_MS)).toBeUndefined();
});

test('no header counts as absent', () => {
  expect(parseRetryAfter(null, DATE, NOW_MS)).toBeUndefined();
});
