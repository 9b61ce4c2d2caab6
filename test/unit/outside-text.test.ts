import { cleanText, countBytes, escapeText, quoteText } from '../../cloudcode/lock_users/src/outside-text';

test.each<[string, string, string]>([
  ['a line break', 'a\nb\r\n', 'a\\nb\\r\\n'],
  ['a tab', 'a\tb', 'a\\tb'],
  ['NUL', 'a\0b', 'a\\u0000b'],
  ['a terminal code', '\u001b[2J', '\\u001b[2J'],
  ['a control character of C1', '\u009b2J\u0085', '\\u009b2J\\u0085'],
  ['DEL', 'a\u007f', 'a\\u007f'],
  ['a separator of lines or paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
  ['a bidirectional override', '\u202egpj.exe', '\\u202egpj.exe'],
  ['a bidirectional isolate and a mark', '\u2066x\u2069\u200f', '\\u2066x\\u2069\\u200f'],
  ['a zero-width character', 'ad\u200bmin\ufeff', 'ad\\u200bmin\\ufeff'],
  ['half of a surrogate pair', '\ud83d!\ude00', '\\ud83d!\\ude00'],
  ['an invisible tag beyond the first 65 536 characters', '\u{e0041}', '\\udb40\\udc41']
])('%s is escaped', (_name, text, expected) => {
  expect(escapeText(text)).toBe(expected);
  expect(escapeText(expected)).toBe(expected);
});

test('letters of any language and emoji stay as they are', () => {
  const text = 'Zürich, Łódź, 東京, مرحبا, 😀, "quoted" \\ {}';

  expect(escapeText(text)).toBe(text);
});

test('escaped JSON is JSON of the same value', () => {
  const value = { '\u202e"': 'a\n\u2028\\\u009b\u{e0041}"', list: ['\ud800'] };
  const escaped = escapeText(JSON.stringify(value));

  expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(escaped)).toEqual(value);
});

test.each<[string, string, number, string]>([
  ['text that fits', 'abcde', 5, 'abcde'],
  ['text of one byte too many', 'abcdef', 5, 'ab…'],
  ['Japanese, which has three bytes a letter', '東京都庁', 10, '東京…'],
  ['emoji, which are never halved', '😀😀😀', 11, '😀😀…'],
  ['escapes, which count as they are written', 'a\u0001b', 6, 'a\\u…']
])('%s is cut by bytes', (_name, text, mostBytes, expected) => {
  const cut = cleanText(text, mostBytes);

  expect(cut).toBe(expected);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(mostBytes);
  expect(cleanText(cut, mostBytes)).toBe(cut);
});

test('megabytes are cut without being looked at', () => {
  expect(cleanText('語\n'.repeat(5_000_000), 20)).toBe('語\\n語\\n語\\n…');
});

test('quoted text cannot end its quotes', () => {
  expect(quoteText('x" (testing)\n', 100)).toBe('"x\\" (testing)\\n"');
  expect(quoteText('\u009b'.repeat(500), 50)).toHaveLength(48);
});

test('no character that is escaped stays as it is, whatever stands around it', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code);
    const isUnsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character);
    if ((escapeText(character) !== character) !== isUnsafe) wrong.push(code.toString(16));
  }

  expect(wrong).toEqual([]);
});

test('bytes are those of UTF-8', () => {
  for (const text of ['', 'abc', 'é', '語', '😀', 'a語😀é\n', '\ud83d', '\ude00\ud83d', 'x\ud83dx'])
    expect(countBytes(text)).toBe(Buffer.byteLength(text));
});
