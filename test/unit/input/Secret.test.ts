import { format, inspect } from 'node:util';
import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';

const VALUE = ['hidden', 'value'].join('-');

test.each<[string, (secret: Secret) => string]>([
  ['a template', (secret) => `${String(secret)}`],
  ['JSON', (secret) => JSON.stringify({ secret })],
  ['inspect, with everything hidden shown', (secret) => inspect({ secret }, { showHidden: true, depth: 9 })],
  ['format', (secret) => format('%s %o %j', secret, secret, secret)],
  ['its own keys and values', (secret) => Object.entries(secret).join()],
  ['an error message', (secret) => new Error(String(secret)).message]
])('reads [redacted] or nothing in %s', (_name, print) => {
  expect(print(new Secret(VALUE))).not.toContain(VALUE);
});

test('gives its value only when asked, and takes it out of text', () => {
  const secret = new Secret(VALUE);

  expect(secret.reveal()).toBe(VALUE);
  expect(secret.redact(`a ${VALUE} b ${VALUE}`)).toBe('a [redacted] b [redacted]');
  expect(secret.redact(`5 % of C:\\ with ${VALUE.toUpperCase()}`)).toBe('5 % of C:\\ with [redacted]');
});

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

test.each<[string, (value: string) => string]>([
  ['JSON', inJson],
  ['JSON in a text of JSON', (value) => inJson(inJson(value))],
  ['JSON with each slash escaped', (value) => inJson(value).replaceAll('/', '\\/')],
  ['JSON with each character escaped', (value) => value.replace(/[^]/g, escapeUnit)],
  ['an address', encodeURIComponent],
  ['small letters', (value) => value.toLowerCase()]
])('is taken out of %s, whatever characters it has', (_name, write) => {
  for (const value of ['Hidden+va/lue==', 'a"b\\c/d$&', '.*hidden(value)[0]']) {
    expect(new Secret(value).redact(`{"a": "x ${write(value)} y"}`)).toBe('{"a": "x [redacted] y"}');
  }
  // The JSON around it stays JSON.
  expect(new Secret('hidden').redact('"C:\\\\hidden"')).toBe('"C:\\\\[redacted]"');
});

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

test('a secret with characters beyond the first 65 536 is taken out of text, also where JSON escapes them', () => {
  const value = ['night', '\u{1F319}', 'watch'].join('-');
  const secret = new Secret(value);

  expect(secret.redact(`It was ${value}.`)).toBe('It was [redacted].');
  expect(secret.redact('"night-\\ud83c\\udf19-watch"')).toBe('"[redacted]"');
});
