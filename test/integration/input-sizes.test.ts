import { describeValue } from '../../cloudcode/lock_users/src/input/Check';
import { PARAMETERS } from '../../cloudcode/lock_users/src/input/parameters';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import { handleWebhook } from '../../cloudcode/lock_users/src/triggers/handle-webhook';
import { handleWebRequest } from '../../cloudcode/lock_users/src/triggers/handle-web-request';
import { readTrigger } from '../../cloudcode/lock_users/src/triggers/read-trigger';
import { formatTime } from '../../cloudcode/lock_users/src/platform/format-time';
import { hashToUuid } from '../../cloudcode/lock_users/src/records/hash-to-uuid';
import { FakePlatform } from '../support/fake-ports';
import { MemoryRecordStore } from '../support/MemoryRecordStore';
import { SETTINGS } from '../support/run-on-fake';

const MANY = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`name${n}`, n]));
const DEEP_LIST = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

/** Bytes of an error that a person reads at once. */
const SHORT = 2000;

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof LockUsersError && error.code === 'INVALID_PARAMETERS') return error.message;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

test('100 000 unknown names are a short error that counts them', () => {
  const message = messageOf(() => parseParameters(MANY));

  expect(Buffer.byteLength(message)).toBeLessThan(SHORT);
  expect(message).toContain('Unknown parameter "name0".');
  const named = message.split('Unknown parameter').length - 1;
  expect(message).toContain(`And ${100_000 - named} more mistakes.`);
});

test('names of a megabyte are cut', () => {
  const message = messageOf(() => parseParameters({ [`${'語'.repeat(1_000_000)}`]: 1, [`x\n${'y'.repeat(1e6)}`]: 1 }));

  expect(Buffer.byteLength(message)).toBeLessThan(SHORT);
  expect(message).toContain('Unknown parameter "x\\nyyy');
});

const PLACES: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['the parameters themselves', (value) => value],
  ['an unknown name', (value) => ({ unknown: value })],
  ['each known name', (value) => Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, value]))],
  ...Object.keys(PARAMETERS).map((name) => [`"${name}"`, (value: unknown) => ({ [name]: value })] as const),
  ['the text of "where"', (value) => ({ where: [value] })],
  ['a value of "where"', (value) => ({ where: ['role in ?', [value]] })],
  ['an id of "userIds"', (value) => ({ userIds: [value] })],
  ['an id of "excludeUserIds"', (value) => ({ excludeUserIds: [value] })],
  ['a part of "continuation"', (value) => ({ continuation: { bucket: value } })],
  ['the object of a webhook', (value) => ({ event: 'e', object: value })],
  ['the id of the object of a webhook', (value) => ({ id: value, type: 'lock_run' })]
];

test.each(PLACES)('nesting of 10 000 levels in %s is a short error', (_name, place) => {
  for (const json of [DEEP_LIST, DEEP_OBJECT]) {
    const message = messageOf(() => readTrigger(place(JSON.parse(json))));

    expect(Buffer.byteLength(message)).toBeLessThan(SHORT);
  }
});

test.each(['[', '{"a":'])('a web request whose body is nested deeply, of %s, is a short 400', async (open) => {
  const close = open === '[' ? ']' : '}';
  const deep = `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  for (const body of [deep, `{"reason":${deep}}`, `{"where":["a = ?",${deep}]}`]) await expectShort400(body);
});

test('a web request with 100 000 unknown names is a short 400', () => expectShort400(JSON.stringify(MANY)));

async function expectShort400(body: string): Promise<void> {
  const answer = await handleWebRequest(
    { url: '/lock_users', body, idempotencyKey: 'key' },
    { ...new FakePlatform([]).ports(), readSettings: () => SETTINGS, hashToUuid, formatTime }
  );

  expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_PARAMETERS' } });
  expect(Buffer.byteLength(JSON.stringify(answer.body))).toBeLessThan(SHORT + 500);
}

test.each(['[', '{"a":'])('a requested run with parameters of %s says shortly why it is refused', async (open) => {
  const close = open === '[' ? ']' : '}';
  const deep = `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  for (const parameters of [deep, `{"action":${deep}}`, `{"where":${deep}}`]) await expectShortRefusal(parameters);
});

test('a requested run with 100 000 unknown names says shortly why it is refused', () =>
  expectShortRefusal(JSON.stringify(MANY)));

async function expectShortRefusal(parameters: string): Promise<void> {
  const platform = new FakePlatform([]);
  const records = new MemoryRecordStore();
  platform.records = records;
  const { id } = records.add({ status: 'requested', action: 'lock', parameters });

  await expect(handleWebhook({ ...SETTINGS, webhook: true }, id, platform.ports())).rejects.toMatchObject({
    code: 'INVALID_PARAMETERS'
  });

  const { status, message } = records.runs.get(id) ?? {};
  expect(status).toBe('refused');
  expect(Buffer.byteLength(message ?? '')).toBeLessThan(SHORT);
}

test.each<[unknown, string]>([
  [{ a: [1, 'x', null, true], b: {} }, '{"a":[1,"x",null,true],"b":{}}'],
  [[], '[]'],
  ['\u202e\n', '"\\u202e\\n"'],
  [10n, 'bigint'],
  [undefined, 'undefined'],
  [[undefined], '[undefined]'],
  ['x'.repeat(1000), `"${'x'.repeat(56)}…`]
])('the value %p is shown as %s', (value, shown) => {
  expect(describeValue(value)).toBe(shown);
});
