import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { parseAnswer } from '../../../cloudcode/lock_users/src/platform/parse-answer';

const VALUE = ['Ab', '/~', 'c', '"d'].join('');
const token = new Secret(VALUE);

test.each([
  ['as it is', VALUE],
  ['in capitals', VALUE.toUpperCase()],
  ['as an address has it', encodeURIComponent(VALUE)],
  ['as an address has it, in small letters', encodeURIComponent(VALUE).toLowerCase()],
  ['with each character escaped', VALUE.replace(/[^a-z]/gi, (character) => `%${character.charCodeAt(0).toString(16)}`)],
  ['in JSON that is in a text', JSON.stringify({ detail: VALUE })],
  ['in JSON with slashes that are escaped', JSON.stringify(VALUE).replace('/', '\\/')],
  ['in such JSON that is in JSON', JSON.stringify(JSON.stringify(VALUE).replace('/', '\\/')).replace('/', '\\/')],
  ['with a letter escaped in JSON that is in JSON', VALUE.replace('c', '\\\\u0063')]
])('a token that stands in an answer %s is taken out of it', (_how, text) => {
  expect(JSON.stringify(parseAnswer(JSON.stringify({ title: 'x', detail: `Not ${text}.` }), token))).toBe(
    JSON.stringify({ title: 'x', detail: `Not ${token.redact(text)}.` })
  );
  expect(token.redact(text)).toContain('[redacted]');
});

test('an answer without it stays as it is', () => {
  expect(parseAnswer('\uFEFF{"a": [1, "b\\n"]}', token)).toEqual({ a: [1, 'b\n'] });
});
