import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { parseAnswer } from '../../../cloudcode/lock_users/src/platform/parse-answer';

const TOKEN = 'ab/cdefgh';
const nest = (n: number, php: boolean): string => {
  let value = `token ${TOKEN} seen`;
  for (let i = 0; i < n; i++) {
    value = JSON.stringify({ echo: value });
    if (php) value = value.replace(/\//g, '\\/');
  }
  return value;
};

test.each([0, 1, 2, 3].flatMap((n) => [[n, false], [n, true]] as [number, boolean][]))('H: nested %i php %s', (n, php) => {
  const token = new Secret(TOKEN);
  const value = nest(n, php);
  const byValue = token.redact(value);
  let text = JSON.stringify({ detail: value });
  if (php) text = text.replace(/\//g, '\\/');
  const parsed = parseAnswer(text, token) as { detail: string };
  // What redact finds in the value alone has to be found by parseAnswer as well.
  expect(parsed.detail).toBe(byValue);
});

test('H2: an escaped letter two levels down', () => {
  const token = new Secret('abcdef');
  for (const slashes of [1, 2, 3]) {
    const value = `x ab${'\\'.repeat(slashes)}u0063def y`;
    expect([slashes, (parseAnswer(JSON.stringify({ detail: value }), token) as { detail: string }).detail]).toEqual([slashes, token.redact(value)]);
  }
});

test('differential: plain and forms', () => {
  let s = 7;
  const r = (n: number): number => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0), Math.floor((s / 4294967296) * n));
  const alphabet = ['a', 'A', 'b', '/', '"', '.', '+', '$', 'é', 'ſ', 'K', '[', '\\', '%', '-', '{'];
  for (let i = 0; i < 20000; i++) {
    const secret = Array.from({ length: 1 + r(4) }, () => alphabet[r(alphabet.length)]).join('');
    const text = Array.from({ length: r(20) }, () => alphabet[r(alphabet.length)]).join('') + (r(2) ? secret : '') + alphabet[r(16)]!;
    const got = new Secret(secret).redact(text);
    // Forced through the pattern with escapes by a marker that is no part of the text.
    const want = new Secret(secret).redact(`${text}\u0001%`).slice(0, -2);
    if (!secret.includes('%') && got !== want) throw new Error(JSON.stringify([secret, text, got, want]));
  }
});
