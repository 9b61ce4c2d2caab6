import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import { userId } from '../../support/user-id';

const DEFAULTS = {
  action: 'lock',
  onlyEnrolled: false,
  selection: {},
  excludeUserIds: [],
  canary: 3,
  batchSize: 1000,
  concurrency: 16,
  verify: true
};

const CONTINUATION = {
  runId: 'run-1',
  invocation: 2,
  startedAtMs: 0,
  idleInvocations: 0,
  doneSeen: 7,
  done: 7,
  resetSessions: 0,
  unconfirmed: 1,
  bucket: { tokens: -0.5, rate: 11.2, atMs: 1_700_000_000_000 }
};

test.each([
  ['undefined', undefined],
  ['null', null],
  ['an empty object', {}]
])('%s selects everybody by default', (_name, params) => {
  expect(parseParameters(params)).toEqual({ ...DEFAULTS, rawParameters: {} });
});

test.each<[string, object, object]>([
  ['action', { action: 'lock' }, {}],
  ['unlock', { action: 'unlock' }, { action: 'unlock' }],
  ['reauthenticate', { action: 'reauthenticate' }, { action: 'reauthenticate' }],
  ['undo', { undo: 'run-7' }, { action: 'unlock', undo: 'run-7' }],
  ['undo with its action', { undo: 'run-7', action: 'unlock' }, { action: 'unlock', undo: 'run-7' }],
  [
    'undo without some',
    { undo: 'run-7', excludeUserIds: [userId(1)] },
    { action: 'unlock', undo: 'run-7', excludeUserIds: [userId(1)] }
  ],
  ['onlyEnrolled', { onlyEnrolled: true }, { onlyEnrolled: true }],
  ['onlyEnrolled: false with any action', { action: 'unlock', onlyEnrolled: false }, { action: 'unlock' }],
  ['where', { where: ['role = ?', 'driver'] }, { selection: { where: { text: 'role = ?', values: ['driver'] } } }],
  ['where without a value', { where: ['a = b'] }, { selection: { where: { text: 'a = b', values: [] } } }],
  [
    'a list in where',
    { where: ['role in ?', ['a', 'b']] },
    { selection: { where: { text: 'role in ?', values: [['a', 'b']] } } }
  ],
  ['null in where', { where: ['role = ?', null] }, { selection: { where: { text: 'role = ?', values: [null] } } }],
  ['userIds', { userIds: [userId(1), userId(2)] }, { selection: { userIds: [userId(1), userId(2)] } }],
  ['a user named twice', { userIds: [userId(1), userId(1)] }, { selection: { userIds: [userId(1)] } }],
  ['excludeUserIds', { excludeUserIds: [userId(3)] }, { excludeUserIds: [userId(3)] }],
  ['no excluded user', { excludeUserIds: [] }, {}],
  ['dryRun', { dryRun: false }, { dryRun: false }],
  ['maxUsers', { maxUsers: 1 }, { maxUsers: 1 }],
  ['no canary', { canary: 0 }, { canary: 0 }],
  ['the largest canary', { canary: 100 }, { canary: 100 }],
  ['the smallest batchSize', { batchSize: 1 }, { batchSize: 1 }],
  ['the largest batchSize', { batchSize: 1000 }, { batchSize: 1000 }],
  ['the smallest concurrency', { concurrency: 1 }, { concurrency: 1 }],
  ['the largest concurrency', { concurrency: 32 }, { concurrency: 32 }],
  ['verify', { verify: false }, { verify: false }],
  ['continuation', { continuation: CONTINUATION }, { continuation: CONTINUATION }],
  [
    'continuation after a canary',
    { continuation: { ...CONTINUATION, canaryPassed: true } },
    { continuation: { ...CONTINUATION, canaryPassed: true } }
  ],
  ['reason', { reason: 'release 7' }, { reason: 'release 7' }],
  ['wipe: false, which changes nothing', { wipe: false }, {}]
])('takes %s', (_name, params, expected) => {
  expect(parseParameters(params)).toEqual({ ...DEFAULTS, ...expected, rawParameters: params });
});

test.each<[string, unknown, string]>([
  ['text instead of an object', 'lock', 'Parameters are a JSON object, not "lock".'],
  ['an array instead of an object', [], 'Parameters are a JSON object, not [].'],
  ['a number instead of an object', 7, 'Parameters are a JSON object, not 7.'],
  ['an unknown name', { maxuser: 5 }, 'Unknown parameter "maxuser". Did you mean "maxUsers"?'],
  ['a name like no other', { quux: 5 }, 'Unknown parameter "quux". Known names: action, undo, run, where, userIds,'],
  ['the mistyped key of the forum', { ' wipe': false }, 'Unknown parameter " wipe". Did you mean "wipe"?'],
  ['a prototype key', JSON.parse('{"__proto__": {"dryRun": false}}'), 'Unknown parameter "__proto__".'],
  ['wipe: true', { wipe: true }, 'This task never wipes'],
  ['wipe as text', { wipe: 'false' }, 'This task never wipes'],
  ['wipe: null', { wipe: null }, 'This task never wipes'],
  [
    'another action',
    { action: 'wipe' },
    '"action" must be "lock", "unlock", "reauthenticate" or "status", not "wipe".'
  ],
  [
    'undo: "Last"',
    { undo: 'Last' },
    '"undo" must be "last", or the id of a run, as its report and its record name it, not "Last".'
  ],
  [
    'undo: true',
    { undo: true },
    '"undo" must be "last", or the id of a run, as its report and its record name it, not true.'
  ],
  ['undo of a lock by a lock', { undo: 'run-7', action: 'lock' }, '"undo" unlocks users. Leave "action" out.'],
  ['undo where', { undo: 'run-7', where: ['role = ?', 'x'] }, '"undo" selects the users that the run locked.'],
  ['undo of named users', { undo: 'run-7', userIds: [userId(1)] }, 'Leave "where" and "userIds" out.'],
  ['undo of itself', { undo: 'run-7', runId: 'run-7' }, 'A run cannot undo itself.'],
  ['batchSize of unlocks', { action: 'unlock', batchSize: 10 }, '"batchSize" goes with "lock"'],
  ['onlyEnrolled to unlock', { action: 'unlock', onlyEnrolled: true }, 'A locked user is not in the app.'],
  ['onlyEnrolled to undo', { undo: 'run-7', onlyEnrolled: true }, '"onlyEnrolled" goes with "lock".'],
  ['onlyEnrolled to sign out', { action: 'reauthenticate', onlyEnrolled: true }, '"onlyEnrolled" goes with "lock".'],
  ['onlyEnrolled as text', { onlyEnrolled: 'yes' }, '"onlyEnrolled" must be true or false'],
  [
    'where as text',
    { where: 'role = driver' },
    '"where" must be an array such as ["role = ?", "driver"], not "role = driver".'
  ],
  ['where as an object', { where: { role: 'driver' } }, '"where" must be an array'],
  ['an empty where', { where: [] }, '"where" starts with the query text'],
  ['too few values in where', { where: ['role = ?'] }, '"where" has 1 "?" in its text and 0 values after it'],
  ['too many values in where', { where: ['role = ?', 1, 2] }, '"where" has 1 "?" in its text and 2 values after it'],
  ['an object in where', { where: ['role = ?', { key: 'driver' }] }, 'A value of "where" is text'],
  ['userIds as text', { userIds: userId(1) }, '"userIds" must be an array of user ids'],
  ['no user in userIds', { userIds: [] }, '"userIds" is empty.'],
  ['a name in userIds', { userIds: [userId(1), 'Pat'] }, 'In "userIds", entry 2 ("Pat") is not a user id'],
  ['an upper-case id', { excludeUserIds: ['ABCDEF00-0000-4000-8000-000000000001'] }, 'In "excludeUserIds", entry 1'],
  ['dryRun as text', { dryRun: 'true' }, '"dryRun" must be true or false, not "true".'],
  ['dryRun: null', { dryRun: null }, '"dryRun" must be true or false, not null.'],
  ['maxUsers 0', { maxUsers: 0 }, '"maxUsers" must be a whole number of at least 1, not 0.'],
  ['a broken maxUsers', { maxUsers: 1.5 }, '"maxUsers" must be a whole number'],
  ['a canary of unlocks', { action: 'unlock', canary: 3 }, '"canary" goes with "lock"'],
  ['canary -1', { canary: -1 }, '"canary" must be a whole number from 0 to 100, not -1.'],
  ['canary 101', { canary: 101 }, '"canary" must be a whole number from 0 to 100, not 101.'],
  ['batchSize 0', { batchSize: 0 }, '"batchSize" must be a whole number from 1 to 1000, not 0.'],
  ['batchSize 1001', { batchSize: 1001 }, '"batchSize" must be a whole number from 1 to 1000, not 1001.'],
  ['concurrency 0', { concurrency: 0 }, '"concurrency" must be a whole number from 1 to 32, not 0.'],
  ['concurrency 33', { concurrency: 33 }, '"concurrency" must be a whole number from 1 to 32, not 33.'],
  ['verify as text', { verify: 'no' }, '"verify" must be true or false'],
  ...[
    {},
    { ...CONTINUATION, invocation: 1 },
    { ...CONTINUATION, invocation: 1001 },
    { ...CONTINUATION, runId: 'a\nb' },
    { ...CONTINUATION, done: -1 },
    { ...CONTINUATION, startedAtMs: 'now' },
    { ...CONTINUATION, userIds: [] },
    { ...CONTINUATION, bucket: null },
    { ...CONTINUATION, bucket: { tokens: 1, rate: 1 } }
  ].map((continuation): [string, unknown, string] => [
    `a continuation that the task did not make: ${JSON.stringify(continuation)}`,
    { continuation },
    '"continuation" must be left out: the task sets it itself'
  ]),
  ['an empty reason', { reason: ' ' }, '"reason" must be text of 1 to 500 characters'],
  ['an endless reason', { reason: 'x'.repeat(501) }, '"reason" must be text of 1 to 500 characters']
])('refuses %s', (_name, params, sentence) => {
  expect(() => parseParameters(params)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETERS', message: expect.stringContaining(sentence) })
  );
});

test('names every mistake at once, says that nobody was changed, and what to do', () => {
  expect(() => parseParameters({ dryrun: true, batchSize: 0 })).toThrow(
    'INVALID_PARAMETERS: Unknown parameter "dryrun". Did you mean "dryRun"? "batchSize" must be a whole number from 1 ' +
      'to 1000, not 0. No user was changed. Correct the parameters and run the task again.'
  );
});
