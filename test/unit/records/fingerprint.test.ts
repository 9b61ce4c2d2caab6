import { fingerprint } from '../../../cloudcode/lock_users/src/records/fingerprint';

test('the same text has the same fingerprint, and similar texts have others', () => {
  const texts = Array.from({ length: 20_000 }, (_, n) => `[{"userId":"${n}","outcome":"failed"}]`);
  const prints = texts.map(fingerprint);

  expect(new Set([...prints, fingerprint(''), fingerprint('[]')]).size).toBe(20_002);
  expect(texts.map(fingerprint)).toEqual(prints);
  expect(fingerprint('x'.repeat(1_000_000))).toHaveLength(44);
});
