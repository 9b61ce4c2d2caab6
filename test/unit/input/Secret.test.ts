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
});
