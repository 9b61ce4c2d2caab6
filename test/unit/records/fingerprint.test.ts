import { fingerprint } from '../../../cloudcode/lock_users/src/records/fingerprint';

test('the same text has the same fingerprint, and similar texts have others', () => {
  const texts = Array.from({ length: 20_000 }, (_, n) => `[{"userId":"${n}","outcome":"failed"}]`);
  const numbers = texts.map(fingerprint);

  expect(new Set([...numbers, fingerprint(''), fingerprint('[]')]).size).toBe(20_002);
  expect(texts.map(fingerprint)).toEqual(numbers);
  expect(numbers.every(Number.isSafeInteger)).toBe(true);
});
