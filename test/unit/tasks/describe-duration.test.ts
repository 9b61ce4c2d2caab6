import { describeDuration } from '../../../tasks/local/runtime/describe-duration';

test.each([
  [-5, '0 s'],
  [1, '1 s'],
  [59_000, '59 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h 5 s'],
  [90_061_000, '1 d 1 h'],
  [366 * 86_400_000, '366 d']
])('%d ms are %s', (durationMs, text) => {
  expect(describeDuration(durationMs)).toBe(text);
});
